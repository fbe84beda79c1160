//===- zero_values.cpp - a live value that is always zero is none ---------===//
//
// The upper half of a small __int128, for one. Instruction selection knows that
// such a register is zero, puts the constant in its place and merges all of
// them into one entry of the record, on one ISA and not on another. So, before
// the ISAs part, the relocate of such a value becomes the constant zero.
//
// What selection folds and LLVM's constant folding does not is folded first: it
// may be such a zero. SelectionDAG::getNode() rounds constants of every type,
// ConstantFolding.cpp none of type fp128.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/Analysis/InstructionSimplify.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/IR/ValueHandle.h"
#include "llvm/Support/KnownBits.h"

using namespace llvm;

namespace popcorn {

// floor, ceil, trunc and fabs of a constant, as instruction selection does; null
// if I is something else.
static Constant *foldRounding(const Instruction &I) {
  auto *Call = dyn_cast<IntrinsicInst>(&I);
  auto *Operand = Call && Call->arg_size() > 0
                      ? dyn_cast<ConstantFP>(Call->getArgOperand(0))
                      : nullptr;
  if (!Operand || Operand->isNaN())
    return nullptr;
  APFloat Value = Operand->getValueAPF();
  switch (Call->getIntrinsicID()) {
  case Intrinsic::floor:
    Value.roundToIntegral(APFloat::rmTowardNegative);
    break;
  case Intrinsic::ceil:
    Value.roundToIntegral(APFloat::rmTowardPositive);
    break;
  case Intrinsic::trunc:
    Value.roundToIntegral(APFloat::rmTowardZero);
    break;
  case Intrinsic::fabs:
    Value.clearSign();
    break;
  default:
    return nullptr;
  }
  return ConstantFP::get(Call->getType(), Value);
}

static void foldRoundings(Function &F) {
  SmallVector<WeakVH, 16> Calls;
  for (Instruction &I : instructions(F))
    if (foldRounding(I))
      Calls.push_back(&I);
  for (WeakVH &Handle : Calls)
    if (auto *Call = cast_or_null<Instruction>(Handle))
      if (Constant *Value = foldRounding(*Call)) {
        replaceAndRecursivelySimplify(Call, Value);
        if (Handle)
          Call->eraseFromParent();
      }
}

// A value that was made of its bits and is taken apart into them again: selection
// sees through that, computeKnownBits() does not see through a real.
static void foldBitcasts(Function &F) {
  for (Instruction &I : instructions(F)) {
    auto *Outer = dyn_cast<BitCastInst>(&I);
    auto *Inner = Outer ? dyn_cast<BitCastInst>(Outer->getOperand(0)) : nullptr;
    if (Inner && Inner->getSrcTy() == Outer->getDestTy() &&
        Inner->getOperand(0) != Outer) // code that is not reached
      Outer->replaceAllUsesWith(Inner->getOperand(0));
  }
}

static void dropZeroValues(Function &F) {
  foldRoundings(F);
  foldBitcasts(F);
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
