//===- native.cpp - what native functions and neutral code agree on -------===//
//
// A plugin for the clangs that compile a file of -popcorn-native. A call across
// the border is lowered twice: here by the front end of the ISA's C ABI, on the
// neutral side by that ISA's back end from what the AArch64 front end made.
// For most types that gives the same registers. Where it does not:
//  - narrow integers: on x86-64 the callee of a C function counts on arguments
//    that are extended to 32 bits, and the caller on a result that is, but
//    neutral code extends neither.  So native code counts on nothing: it loses
//    signext and zeroext wherever they are a promise of the other side.
//  - structs by value, vectors of other sizes than 16 bytes and x87's long
//    double are in other places: refused, for functions neutral code can see.
// Each file is compiled for every ISA, so that what only one of them shows is
// seen (AArch64 shows an array where x86-64 has a plain integer).
//
//===----------------------------------------------------------------------===//
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"

using namespace llvm;

static bool isUnlikeNeutral(const Type *T) {
  if (auto *Vector = dyn_cast<VectorType>(T))
    return T->getPrimitiveSizeInBits() != TypeSize::getFixed(128) ||
           Vector->getElementType()->isIntegerTy(1);
  return !T->isVoidTy() && !T->isIntegerTy() && !T->isPointerTy() &&
         !T->isIEEELikeFPTy();
}

// Two integers (or pointers) or two doubles come back in the same registers.
static bool isPair(const Type *T) {
  unsigned Count = T->isStructTy()  ? T->getStructNumElements()
                   : T->isArrayTy() ? T->getArrayNumElements()
                                    : 0;
  if (Count != 2)
    return false;
  auto Element = [&](unsigned I) {
    return T->isStructTy() ? T->getStructElementType(I)
                           : T->getArrayElementType();
  };
  auto IsWord = [](const Type *E) {
    return E->isPointerTy() ||
           (E->isIntegerTy() && E->getIntegerBitWidth() <= 64);
  };
  return (IsWord(Element(0)) && IsWord(Element(1))) ||
         (Element(0)->isDoubleTy() && Element(1)->isDoubleTy());
}

static void refuse(const Function &F, const Twine &Which, const DebugLoc &Loc) {
  F.getContext().diagnose(DiagnosticInfoUnsupported(
      F,
      "function '" + Which +
          "' has a parameter or a result (a struct, a small or large vector, "
          "long double) that native code passes in another way than neutral "
          "code; pass a pointer to it, or make the function static",
      Loc));
}

static bool differs(const FunctionType *FT, const AttributeList &Attrs) {
  for (unsigned I = 0; I < FT->getNumParams(); ++I)
    if (isUnlikeNeutral(FT->getParamType(I)) ||
        Attrs.hasParamAttr(I, Attribute::ByVal))
      return true;
  const Type *Result = FT->getReturnType();
  return isUnlikeNeutral(Result) && !isPair(Result);
}

constexpr Attribute::AttrKind Promises[] = {Attribute::SExt, Attribute::ZExt};

static void checkCall(Function &F, CallBase &Call) {
  const Function *Callee = Call.getCalledFunction();
  if (Call.isInlineAsm() || isa<IntrinsicInst>(Call) ||
      (Callee && !Callee->isDeclaration()))
    return;
  for (Attribute::AttrKind Promise : Promises)
    Call.removeRetAttr(Promise);
  if (Callee && differs(Call.getFunctionType(), Call.getAttributes()))
    refuse(F, Callee->getName(), Call.getDebugLoc());
}

static void checkDefinition(Function &F) {
  for (unsigned I = 0; I < F.arg_size(); ++I)
    for (Attribute::AttrKind Promise : Promises)
      F.removeParamAttr(I, Promise);
  if (!F.hasLocalLinkage() && differs(F.getFunctionType(), F.getAttributes()))
    refuse(F, F.getName(), DebugLoc());
  for (Instruction &I : instructions(F))
    if (auto *Call = dyn_cast<CallBase>(&I))
      checkCall(F, *Call);
}

static void checkDeclaration(Function &F) {
  for (Attribute::AttrKind Promise : Promises)
    F.removeRetAttr(Promise);
}

namespace {
struct NativePass : PassInfoMixin<NativePass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    for (Function &F : M)
      if (!F.isIntrinsic())
        F.isDeclaration() ? checkDeclaration(F) : checkDefinition(F);
    return PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }
};
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK
    LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
    llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "popcorn-native", POPCORN_VERSION,
          [](PassBuilder &PB) {
            PB.registerPipelineStartEPCallback(
                [](ModulePassManager &PM, OptimizationLevel) {
                  PM.addPass(NativePass());
                });
          }};
}
