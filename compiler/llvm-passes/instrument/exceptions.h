// C++ exceptions as landings: docs/exceptions.md.
#ifndef POPCORN_COMPILER_EXCEPTIONS_H
#define POPCORN_COMPILER_EXCEPTIONS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Statepoint.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace popcorn {

struct State;

// What nobody calls and only the unwinder returns from: the first thing of a
// landing, a call site at which nothing is live.
inline constexpr llvm::StringLiteral LandName = "__popcorn_land";
inline constexpr llvm::StringLiteral LandingSection = "popcorn_landings";

// Of a landing; docs/exceptions.md, "Clauses".
inline constexpr int64_t ClauseCleanup = int64_t(1) << 32;

struct Landing {
  llvm::Function *F;
  llvm::Constant *Personality;
  std::vector<std::pair<int64_t, llvm::Constant *>> Clauses;
  uint32_t Site = 0;                    // call-site id of its first call
  llvm::SmallVector<uint32_t, 4> Calls; // ids of those that land here
};

bool isLandCall(const llvm::Instruction &I);
// A call that unwinding leaves for a landing of its function.
bool hasLanding(const llvm::Instruction &I);
// Number of a landing: on the calls that land there, and on its own.
inline constexpr llvm::StringLiteral LandingMetadata = "popcorn.landing";
inline constexpr llvm::StringLiteral LandMetadata = "popcorn.land";

// Invokes become calls, pads landings. While "does not throw" means something:
// prepare says it of every function.
void lowerExceptions(State &S, llvm::Function &F);
// Edges lead to landings themselves again, without blocks that loop passes put there.
void straightenLandings(llvm::Function &F);
// No value is live across the call at which a landing begins.
void saveForLandings(State &S, llvm::Function &F);
// The call has got an id.
void noteLandingSite(State &S, const llvm::CallBase &Call, uint32_t Id);
// What the unwinder reads.
void addLandingTables(State &S);
// For the verifiers: the first call site on the only way from the start of a block.
const llvm::GCStatepointInst *firstSite(const llvm::BasicBlock *Block);

} // namespace popcorn

#endif
