//===- plugin.cpp - registers the neutral passes with clang ---------------===//
//
// One module pass at pipeline start, so that it sees the front end's output at
// every -O level and the optimiser only ever sees neutral IR.
//
// Invariants after it has run without an error:
//  1. no variadic function type, no va_* intrinsic;
//  2. no return of an aggregate of more than two scalars;
//  3. no label address, no indirect branch;
//  4. no inline assembly, no intrinsic of one ISA;
//  5. no attribute or module flag that names a CPU or a code model;
//  6. module flag "popcorn-abi".
// It can run again on its own output (an .ll file given to popcorn-clang).
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"

using namespace llvm;

namespace {
struct NeutralPass : PassInfoMixin<NeutralPass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    if (popcorn::refuseForeign(M))
      return PreservedAnalyses::none();
    popcorn::lowerLabels(M);
    popcorn::lowerEmptyAsm(M);
    popcorn::lowerBuiltins(M);
    popcorn::lowerVariadics(M);
    popcorn::lowerWideReturns(M);
    popcorn::avoidMiscompiles(M);
    popcorn::stripTarget(M);
    popcorn::verifyNeutral(M);
    return PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }
};

void registerCallbacks(PassBuilder &PB) {
  PB.registerPipelineStartEPCallback(
      [](ModulePassManager &PM, OptimizationLevel) {
        PM.addPass(NeutralPass());
      });
  PB.registerPipelineParsingCallback(
      [](StringRef Name, ModulePassManager &PM,
         ArrayRef<PassBuilder::PipelineElement>) {
        if (Name != "popcorn-neutral")
          return false;
        PM.addPass(NeutralPass());
        return true;
      });
}
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK
    LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
    llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "popcorn-neutral", POPCORN_VERSION,
          registerCallbacks};
}
