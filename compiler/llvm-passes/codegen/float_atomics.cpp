//===- float_atomics.cpp - atomic arithmetic on floating-point numbers ----===//
//
// Becomes a loop of compare-and-swap before the ISAs part. Every back end makes
// such a loop, but LLVM 19's AtomicExpand does not look at the compare-and-swap
// it has made, so that AArch64 selects a pseudo instruction for it that is meant
// for -O0, and whose status register a later pass takes for dead: a failed store
// was not repeated and the update was lost. A compare-and-swap that is there
// from the start becomes the loop of exclusive accesses that is right.
// store_status.cpp looks whether any status is lost in what is emitted.
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

void expandFloatAtomics(Module &M) {
  SmallVector<AtomicRMWInst *, 8> Updates;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *Update = dyn_cast<AtomicRMWInst>(&I))
        if (Update->isFloatingPointOperation())
          Updates.push_back(Update);
  for (AtomicRMWInst *Update : Updates)
    expand(*Update);
}

} // namespace popcorn
