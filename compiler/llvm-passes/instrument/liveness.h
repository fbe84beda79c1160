// Which SSA values are live across a call.
#ifndef POPCORN_COMPILER_INSTRUMENT_LIVENESS_H
#define POPCORN_COMPILER_INSTRUMENT_LIVENESS_H

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"

#include <vector>

namespace popcorn {

// Exact: a value is live across a call if it is defined before it and a path
// from it reaches a use. Constants and metadata are not values here, nor are
// static allocas, which are computed from the frame base wherever they are used.
class Liveness {
public:
  explicit Liveness(llvm::Function &F);

  // In the order of definition (arguments, then instructions), which is the
  // same in every run.
  llvm::SmallVector<llvm::Value *, 16> across(const llvm::CallBase &Call) const;

private:
  std::vector<llvm::Value *> Values;
  llvm::DenseMap<const llvm::Value *, unsigned> Number;
  llvm::DenseMap<const llvm::BasicBlock *, llvm::BitVector> LiveOut;

  void use(llvm::BitVector &Live, const llvm::Value *V) const;
  void step(llvm::BitVector &Live, const llvm::Instruction &I) const;
  void solve(llvm::Function &F);
};

} // namespace popcorn

#endif
