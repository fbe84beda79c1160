//===- zero_values.cpp - a live value that is always zero is none ---------===//
//
// The upper half of a small __int128, for one. Instruction selection knows that
// such a register is zero, puts the constant in its place and merges all of
// them into one entry of the record, on one ISA and not on another. So, before
// the ISAs part, the relocate of such a value becomes the constant zero.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/Analysis/InstructionSimplify.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/IR/ValueHandle.h"
#include "llvm/Support/KnownBits.h"

using namespace llvm;

namespace popcorn {

static void dropZeroValues(Function &F) {
  const DataLayout &DL = F.getParent()->getDataLayout();
  // Values before their users, so that one zero makes the next one known.
  SmallVector<WeakVH, 64> Relocates;
  for (BasicBlock *BB : ReversePostOrderTraversal<Function *>(&F))
    for (Instruction &I : *BB)
      if (isa<GCRelocateInst>(I))
        Relocates.push_back(&I);
  for (WeakVH &Handle : Relocates) {
    auto *Relocate = cast_or_null<GCRelocateInst>(Handle);
    if (!Relocate || !computeKnownBits(Relocate->getDerivedPtr(), DL).isZero())
      continue;
    replaceAndRecursivelySimplify(Relocate,
                                  Constant::getNullValue(Relocate->getType()));
  }
}

void dropZeroValues(Module &M) {
  for (Function &F : M)
    if (!F.isDeclaration() && F.hasGC())
      dropZeroValues(F);
}

} // namespace popcorn
