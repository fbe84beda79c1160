//===- vectorise.cpp - vectors of straight-line code, for every ISA -------===//
//
// Neutral code is optimised once, by the front end's ISA's costs. Its model
// leaves many operations on reals scalar that another ISA's makes vectors of, and
// those are at least as good on the first (docs/performance.md). So the
// vectoriser of straight-line code looks once more, with the costs of each other
// ISA. Vectors are part of neutral IR: every back end takes them.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/pass_limit.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Vectorize/SLPVectorizer.h"
#include "llvm/Transforms/Vectorize/VectorCombine.h"

using namespace llvm;

namespace popcorn {

static std::unique_ptr<TargetMachine> costsOf(const IsaTarget &Isa) {
  std::string Problem, Name = Triple::normalize(Isa.Triple);
  const Target *T = TargetRegistry::lookupTarget(Name, Problem);
  return std::unique_ptr<TargetMachine>(
      T ? T->createTargetMachine(Name, Isa.Cpu, Isa.Features, TargetOptions(),
                                 Reloc::Static)
        : nullptr);
}

static bool isWanted(const Function &F) {
  return !F.isDeclaration() && !F.hasFnAttribute(Attribute::OptimizeNone) &&
         !F.hasFnAttribute(Attribute::MinSize) &&
         !F.hasFnAttribute(Attribute::StrictFP) &&
         passLimit().allows("vectors of straight-line code", F.getName());
}

static void vectoriseFor(Module &M, TargetMachine &Costs) {
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  PassBuilder PB(&Costs);
  PB.registerModuleAnalyses(MAM);
  PB.registerCGSCCAnalyses(CGAM);
  PB.registerFunctionAnalyses(FAM);
  PB.registerLoopAnalyses(LAM);
  PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  FunctionPassManager Passes;
  Passes.addPass(SLPVectorizerPass());
  Passes.addPass(VectorCombinePass());
  for (Function &F : M)
    if (isWanted(F))
      Passes.run(F, FAM);
}

void vectoriseStraightLines(Module &M, const Options &Opts) {
  if (Opts.Plain || Opts.AlreadyInstrumented || Opts.OptLevel < '2')
    return;
  Triple::ArchType FrontEnd = Triple(M.getTargetTriple()).getArch();
  for (const Options::Output &Out : Opts.Outputs)
    if (Triple(Out.Isa->Triple).getArch() != FrontEnd)
      if (std::unique_ptr<TargetMachine> Costs = costsOf(*Out.Isa))
        vectoriseFor(M, *Costs);
}

} // namespace popcorn
