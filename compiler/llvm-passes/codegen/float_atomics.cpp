//===- float_atomics.cpp - atomics whose stores say if they were done -----===//
//
// Atomic arithmetic on floating-point numbers becomes a loop of compare-and-swap
// before the ISAs part. Every back end makes such a loop, but LLVM 19's
// AtomicExpand does not look at the compare-and-swap it has made, so that AArch64
// selects a pseudo instruction for it that is meant for -O0, and whose status
// register a later pass takes for dead: a failed store was not repeated and the
// update was lost. A compare-and-swap that is there from the start becomes the loop
// of exclusive accesses that is right.
// store_status.cpp looks whether any status is lost in what is emitted; so that a
// lost one is always wrong there, a weak compare-and-swap of which nobody asks
// whether it was done becomes a strong one.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/CodeGen/AtomicExpandUtils.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace popcorn {

static void expand(AtomicRMWInst &Update) {
  Type *Ty = Update.getType();
  bool IsVolatile = Update.isVolatile();
  auto CompareAndSwap = [&](IRBuilderBase &B, Value *Address, Value *Loaded,
                            Value *New, Align Alignment, AtomicOrdering Order,
                            SyncScope::ID Scope, Value *&Success,
                            Value *&NewLoaded) {
    Type *Bits = B.getIntNTy(Ty->getPrimitiveSizeInBits().getFixedValue());
    AtomicCmpXchgInst *Swap = B.CreateAtomicCmpXchg(
        Address, B.CreateBitCast(Loaded, Bits), B.CreateBitCast(New, Bits),
        Alignment, Order, AtomicCmpXchgInst::getStrongestFailureOrdering(Order),
        Scope);
    Swap->setVolatile(IsVolatile);
    Success = B.CreateExtractValue(Swap, 1);
    NewLoaded = B.CreateBitCast(B.CreateExtractValue(Swap, 0), Ty);
  };
  expandAtomicRMWToCmpXchg(&Update, CompareAndSwap);
}

static bool asksIfDone(const AtomicCmpXchgInst &Swap) {
  return any_of(Swap.users(), [](const User *U) {
    auto *Part = dyn_cast<ExtractValueInst>(U);
    return !Part || Part->getIndices()[0] == 1;
  });
}

void expandFloatAtomics(Module &M) {
  SmallVector<AtomicRMWInst *, 8> Updates;
  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      if (auto *Update = dyn_cast<AtomicRMWInst>(&I))
        if (Update->isFloatingPointOperation())
          Updates.push_back(Update);
      if (auto *Swap = dyn_cast<AtomicCmpXchgInst>(&I))
        if (Swap->isWeak() && !asksIfDone(*Swap))
          Swap->setWeak(false);
    }
  for (AtomicRMWInst *Update : Updates)
    expand(*Update);
}

} // namespace popcorn
