//===- builtins.cpp - builtins that have a neutral equivalent -------------===//
//
//  fmuladd (contraction asked for in the source): a multiplication and an
//    addition; AArch64 alone would fuse them and round once.
//  frame address, level 0: the address of a local.  Programs that use it look
//    at the depth or the extent of the stack that holds their locals, which is
//    the data stack.
//  frame address of a caller: null, as GCC's manual allows where it cannot be
//    told, with a warning.  Other frames have no neutral address.
//  return address: libc's function, which gives what backtrace() would: the same
//    wherever the thread is.
//  FLT_ROUNDS: libc's function, which knows the neutral rounding modes.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

bool popcorn::isIntrinsicCall(const CallBase &CB) {
  return CB.getIntrinsicID() != Intrinsic::not_intrinsic;
}

CallBase *popcorn::createLike(CallBase *Old, FunctionType *FT,
                              ArrayRef<Value *> Args) {
  IRBuilder<> B(Old);
  SmallVector<OperandBundleDef, 1> Bundles;
  Old->getOperandBundlesAsDefs(Bundles);
  Value *Callee = Old->getCalledOperand();
  CallBase *New;
  if (auto *II = dyn_cast<InvokeInst>(Old)) {
    New = B.CreateInvoke(FT, Callee, II->getNormalDest(), II->getUnwindDest(),
                         Args, Bundles);
  } else {
    auto *Call = B.CreateCall(FT, Callee, Args, Bundles);
    Call->setTailCallKind(cast<CallInst>(Old)->getTailCallKind());
    New = Call;
  }
  New->setCallingConv(Old->getCallingConv());
  New->copyMetadata(*Old);
  return New;
}

static Value *lowerFMulAdd(IntrinsicInst *II) {
  IRBuilder<> B(II);
  B.setFastMathFlags(II->getFastMathFlags());
  Value *Product = B.CreateFMul(II->getArgOperand(0), II->getArgOperand(1));
  return B.CreateFAdd(Product, II->getArgOperand(2));
}

static Value *lowerStrictFMulAdd(IntrinsicInst *II) {
  IRBuilder<> B(II);
  auto *C = cast<ConstrainedFPIntrinsic>(II);
  auto Rounding = C->getRoundingMode().value_or(RoundingMode::Dynamic);
  auto Except = C->getExceptionBehavior().value_or(fp::ebStrict);
  B.setIsFPConstrained(true);
  B.setDefaultConstrainedRounding(Rounding);
  B.setDefaultConstrainedExcept(Except);
  Value *Product = B.CreateFMul(II->getArgOperand(0), II->getArgOperand(1));
  return B.CreateFAdd(Product, II->getArgOperand(2));
}

static Value *lowerFrameAddress(IntrinsicInst *II) {
  if (!cast<ConstantInt>(II->getArgOperand(0))->isZero()) {
    const Function &F = *II->getFunction();
    II->getContext().diagnose(DiagnosticInfoUnsupported(
        F,
        "__builtin_frame_address of a caller is null: other frames have no "
        "neutral address [in function '" +
            F.getName() + "']",
        II->getDebugLoc(), DS_Warning));
    return ConstantPointerNull::get(cast<PointerType>(II->getType()));
  }
  BasicBlock &Entry = II->getFunction()->getEntryBlock();
  IRBuilder<> B(&Entry, Entry.getFirstNonPHIOrDbgOrAlloca());
  AllocaInst *A = B.CreateAlloca(B.getInt64Ty(), nullptr, "frame.address");
  A->setAlignment(Align(16));
  return A;
}

static Value *lowerReturnAddress(IntrinsicInst *II) {
  IRBuilder<> B(II);
  FunctionCallee F = II->getModule()->getOrInsertFunction(
      "__popcorn_return_address",
      FunctionType::get(B.getPtrTy(), B.getInt32Ty(), false));
  return B.CreateCall(F, II->getArgOperand(0));
}

static Value *lowerFltRounds(IntrinsicInst *II) {
  IRBuilder<> B(II);
  FunctionCallee F = II->getModule()->getOrInsertFunction(
      "__flt_rounds", FunctionType::get(B.getInt32Ty(), false));
  return B.CreateCall(F);
}

static Value *lowerBuiltin(IntrinsicInst *II) {
  switch (II->getIntrinsicID()) {
  case Intrinsic::fmuladd:
    return lowerFMulAdd(II);
  case Intrinsic::experimental_constrained_fmuladd:
    return lowerStrictFMulAdd(II);
  case Intrinsic::frameaddress:
    return lowerFrameAddress(II);
  case Intrinsic::returnaddress:
    return lowerReturnAddress(II);
  case Intrinsic::get_rounding:
    return lowerFltRounds(II);
  default:
    return nullptr;
  }
}

void popcorn::lowerBuiltins(Module &M) {
  for (Function &F : M)
    for (Instruction &I : make_early_inc_range(instructions(F)))
      if (auto *II = dyn_cast<IntrinsicInst>(&I))
        if (Value *V = lowerBuiltin(II)) {
          II->replaceAllUsesWith(V);
          II->eraseFromParent();
        }
}
