//===- weak_functions.cpp - an undefined weak function is null ------------===//
//
// After the merge nothing can define such a function any more, so its address is
// null in every expression that the optimiser made of it: compared, selected,
// stored, in initialisers. (Left to the images' links it would be the address of
// a native function, which no neutral code may hold.)
//
// A call that is reached nevertheless is an error of the program, which ends on
// every ISA as a call of a null pointer does: by SIGSEGV at address 0. (AArch64's
// linker would make the call a no-operation.)
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace popcorn {

// A volatile access is the one use of a null pointer that passes keep (language
// reference, "Volatile Memory Accesses").
static void faultAt(CallBase &Call) {
  auto *Null = ConstantPointerNull::get(PointerType::get(Call.getContext(), 0));
  auto *Fault = new LoadInst(Type::getInt8Ty(Call.getContext()), Null, "",
                             /*isVolatile=*/true, Call.getIterator());
  Fault->setDebugLoc(Call.getDebugLoc());
  changeToUnreachable(&Call);
}

static void makeNull(Function &F) {
  // One at a time: what follows a call goes with it, other calls perhaps too.
  auto FindCall = [&]() -> CallBase * {
    for (const Use &U : F.uses())
      if (auto *Call = dyn_cast<CallBase>(U.getUser()))
        if (Call->isCallee(&U))
          return Call;
    return nullptr;
  };
  while (CallBase *Call = FindCall())
    faultAt(*Call);
  F.replaceAllUsesWith(ConstantPointerNull::get(F.getType()));
}

void resolveWeakFunctions(Module &M, const StringSet<> &Native) {
  for (Function &F : M)
    if (F.hasExternalWeakLinkage() && !Native.contains(F.getName()))
      makeNull(F);
}

} // namespace popcorn
