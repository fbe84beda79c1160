// Strip mining: a loop that counts towards a bound runs to a nearer bound
// first, and polls between two such strips instead of in each iteration.
#ifndef POPCORN_COMPILER_INSTRUMENT_STRIP_MINE_H
#define POPCORN_COMPILER_INSTRUMENT_STRIP_MINE_H

#include "internal.h"

#include <optional>

namespace llvm {
class Loop;
}

namespace popcorn {

struct StripPlan {
  llvm::BasicBlock *Preheader;
  llvm::BasicBlock *Header;
  llvm::BasicBlock *Latch; // ends in a conditional branch on Compare
  llvm::BasicBlock *Exit;
  llvm::PHINode *Counter; // advances by Step each iteration
  llvm::Value *Compared;  // Counter, or made from it by the next two
  int64_t Offset;         // Compared = trunc(Counter + Offset)
  llvm::Value *Bound;     // invariant
  // Compared `Continue` Bound: one more iteration.
  llvm::CmpInst::Predicate Continue;
  int64_t Step;
  uint64_t Iterations; // of one strip
};

// L is in simplified form. Nothing if its exit is of another kind.
std::optional<StripPlan> planStrip(const llvm::Loop &L, uint64_t Iterations);

// Uses only the blocks of the plan, so plans of nested loops do not disturb
// each other.
void applyStrip(State &S, const StripPlan &Plan);

} // namespace popcorn

#endif
