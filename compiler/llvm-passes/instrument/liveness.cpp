// Backward data flow over bit vectors.
#include "liveness.h"

#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace popcorn {

Liveness::Liveness(Function &F) {
  auto add = [&](Value *V) {
    Type *T = V->getType();
    auto *Alloca = dyn_cast<AllocaInst>(V);
    bool InFrame = Alloca && Alloca->isStaticAlloca();
    if (!T->isVoidTy() && !T->isTokenTy() && !InFrame) {
      Number[V] = Values.size();
      Values.push_back(V);
    }
  };
  for (Argument &A : F.args())
    add(&A);
  for (Instruction &I : instructions(F))
    add(&I);
  solve(F);
}

void Liveness::use(BitVector &Live, const Value *V) const {
  auto It = Number.find(V);
  if (It != Number.end())
    Live.set(It->second);
}

void Liveness::step(BitVector &Live, const Instruction &I) const {
  auto It = Number.find(&I);
  if (It != Number.end())
    Live.reset(It->second);
  // The operands of a phi are used on the edges.
  if (!isa<PHINode>(I))
    for (const Value *V : I.operands())
      use(Live, V);
}

void Liveness::solve(Function &F) {
  DenseMap<const BasicBlock *, BitVector> LiveIn;
  for (BasicBlock &Block : F) {
    LiveIn[&Block].resize(Values.size());
    LiveOut[&Block].resize(Values.size());
  }
  SmallVector<BasicBlock *, 32> Order(post_order(&F));
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (BasicBlock *Block : Order) {
      BitVector Live(Values.size());
      for (BasicBlock *Next : successors(Block)) {
        Live |= LiveIn[Next];
        for (PHINode &Phi : Next->phis())
          use(Live, Phi.getIncomingValueForBlock(Block));
      }
      LiveOut[Block] = Live;
      for (Instruction &I : reverse(*Block))
        step(Live, I);
      if (Live != LiveIn[Block]) {
        LiveIn[Block] = std::move(Live);
        Changed = true;
      }
    }
  }
}

SmallVector<Value *, 16> Liveness::across(const CallBase &Call) const {
  const BasicBlock *Block = Call.getParent();
  BitVector Live = LiveOut.find(Block)->second;
  for (const Instruction &I : reverse(*Block)) {
    if (&I == &Call)
      break;
    step(Live, I);
  }
  auto It = Number.find(&Call);
  if (It != Number.end())
    Live.reset(It->second);
  SmallVector<Value *, 16> Result;
  for (unsigned Index : Live.set_bits())
    Result.push_back(Values[Index]);
  return Result;
}

} // namespace popcorn
