//===- strip.cpp - drops what names the front end's ISA -------------------===//
//
// After this the module says nothing about a CPU, a code model or a calling
// convention's stack alignment, and arrays have the alignment the front end of
// x86-64 would have given them (AArch64's gives less; SSE operands want 16).
// An object of the same type gets the same alignment in every module, so that
// it stays part of the ABI.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

static const char *const TargetAttrs[] = {"target-cpu",
                                          "target-features",
                                          "tune-cpu",
                                          "frame-pointer",
                                          "stack-protector-buffer-size",
                                          "branch-target-enforcement",
                                          "guarded-control-stack",
                                          "sign-return-address",
                                          "sign-return-address-key",
                                          "branch-protection-pauth-lr",
                                          "unsafe-fp-math"};

static const char *const TargetFlags[] = {"PIC Level",
                                          "PIE Level",
                                          "frame-pointer",
                                          "uwtable",
                                          "Code Model",
                                          "branch-target-enforcement",
                                          "guarded-control-stack",
                                          "branch-protection-pauth-lr",
                                          "sign-return-address",
                                          "sign-return-address-all",
                                          "sign-return-address-with-bkey"};

static void stripFunction(Function &F) {
  for (const char *Attr : TargetAttrs)
    F.removeFnAttr(Attr);
  F.removeFnAttr(Attribute::UWTable);
  for (unsigned I = 0; I < F.arg_size(); ++I)
    F.removeParamAttr(I, Attribute::StackAlignment);
  for (Instruction &I : instructions(F)) {
    // Fusing is a choice each back end would make for itself.
    if (isa<FPMathOperator>(I) && I.hasAllowContract()) {
      FastMathFlags Flags = I.getFastMathFlags();
      Flags.setAllowContract(false);
      I.copyFastMathFlags(Flags);
    }
    auto *CB = dyn_cast<CallBase>(&I);
    if (!CB)
      continue;
    for (const char *Attr : TargetAttrs)
      CB->removeFnAttr(Attr);
    for (unsigned J = 0; J < CB->arg_size(); ++J)
      CB->removeParamAttr(J, Attribute::StackAlignment);
  }
}

static bool isString(const GlobalVariable &G) {
  auto *A = dyn_cast<ArrayType>(G.getValueType());
  return G.hasGlobalUnnamedAddr() && G.hasPrivateLinkage() && G.isConstant() &&
         A && A->getElementType()->isIntegerTy(8);
}

static void raiseAlignment(Module &M) {
  const DataLayout &DL = M.getDataLayout();
  auto IsLarge = [&](Type *T) {
    return T->isAggregateType() && DL.getTypeAllocSize(T) >= 16;
  };
  for (GlobalVariable &G : M.globals()) {
    // A section may be an array that the linker makes of many objects.
    if (G.isDeclaration() || G.hasSection() || isString(G) ||
        G.getName().starts_with("llvm.") || !IsLarge(G.getValueType()))
      continue;
    if (G.getAlign().valueOrOne() < Align(16))
      G.setAlignment(Align(16));
  }
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *A = dyn_cast<AllocaInst>(&I))
        if (A->isStaticAlloca() && A->getAllocatedType()->isArrayTy() &&
            IsLarge(A->getAllocatedType()) && A->getAlign() < Align(16))
          A->setAlignment(Align(16));
}

static void rewriteFlags(Module &M) {
  SmallVector<Module::ModuleFlagEntry> Flags;
  M.getModuleFlagsMetadata(Flags);
  if (NamedMDNode *MD = M.getModuleFlagsMetadata())
    MD->clearOperands();
  for (const Module::ModuleFlagEntry &Flag : Flags)
    if (!is_contained(TargetFlags, Flag.Key->getString()) &&
        Flag.Key->getString() != popcorn::AbiFlag)
      M.addModuleFlag(Flag.Behavior, Flag.Key->getString(), Flag.Val);
  M.addModuleFlag(Module::Error, popcorn::AbiFlag, POPCORN_ABI_VERSION);
}

static void dropUnusedIntrinsics(Module &M) {
  for (Function &F : make_early_inc_range(M))
    if (F.isIntrinsic() && F.use_empty())
      F.eraseFromParent();
}

void popcorn::stripTarget(Module &M) {
  dropUnusedIntrinsics(M);
  for (Function &F : M)
    stripFunction(F);
  raiseAlignment(M);
  rewriteFlags(M);
}
