//===- spin_hint.cpp - fences that mean a processor's spin hint -----------===//
#include "isa/spin_hint.h"
#include "codegen.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace popcorn {

void emitSpinHints(Module &M) {
  SyncScope::ID Scope = M.getContext().getOrInsertSyncScopeID(SpinHintScope);
  SmallVector<FenceInst *, 8> Hints;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *Fence = dyn_cast<FenceInst>(&I))
        if (Fence->getSyncScopeID() == Scope)
          Hints.push_back(Fence);
  FunctionType *Type =
      FunctionType::get(llvm::Type::getVoidTy(M.getContext()), false);
  InlineAsm *Hint = InlineAsm::get(Type, attempt().Isa->SpinHint, "",
                                   /*hasSideEffects=*/true);
  for (FenceInst *Fence : Hints) {
    IRBuilder<>(Fence).CreateCall(Type, Hint);
    Fence->eraseFromParent();
  }
}

} // namespace popcorn
