//===- emit.cpp - retarget the neutral module and run a code generator ----===//
//
// The pass sequence is that of LLVM's own LLVMTargetMachine, built by hand so
// that the rematerialiser and the two verifiers can be put into it. What each
// option is for: docs/codegen.md.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/pass_limit.h"
#include "passes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/InitializePasses.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/PassInfo.h"
#include "llvm/PassRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include <chrono>

using namespace llvm;

namespace popcorn {

namespace {
// Switches passes off: for the functions the verifier rejected, and beyond a
// pass limit.
class PassGate : public OptPassGate {
public:
  bool isEnabled() const override {
    return !attempt().Fallbacks.empty() || passLimit().isSet();
  }

  bool shouldRunPass(const StringRef Pass, StringRef Unit) override {
    Unit.consume_front("function (");
    Unit.consume_back(")");
    if (!passLimit().allows(Pass, Unit))
      return false;
    switch (attempt().Fallbacks.lookup(Unit)) {
    case FallbackNone:
      return true;
    case FallbackHoist:
      return !hoists(Pass);
    default:
      return false;
    }
  }

private:
  static bool hoists(StringRef Pass) {
    static const char *const Names[] = {
        "Constant Hoisting",
        "CodeGen Prepare",
        "Early Tail Duplication",
        "Early Machine Loop Invariant Code Motion",
        "Machine Loop Invariant Code Motion",
        "Machine Common Subexpression Elimination",
        "Machine code sinking",
        "PostRA Machine Sink",
        "Machine Copy Propagation Pass",
    };
    return is_contained(Names, Pass);
  }
};
} // namespace

// Back ends only take these as global options, not through TargetOptions.
static void setBackEndOptions(const Options &Opts) {
  std::vector<const char *> Args = {
      "popcorn-codegen",
      // Every ISA must have the same functions and calls.
      "-enable-machine-outliner=never",
#define LLVM_OPTION(text) text,
#include "isa/isas.def"
  };
  static const char *const ForFrameMaps[] = {
      // Live values stay in registers across a call site.
      "-max-registers-for-gc-values=256",
      "-fixup-allow-gcptr-in-csr",
      // Hoists constants out of loops with call sites after the rematerialiser
      // has run.
      "-disable-postra-machine-licm",
      // Call sites split live ranges; join the copies that makes on edges.
      "-join-splitedges=true",
      // FastISel takes no call here, folds branches on one ISA and not on the
      // other, and leaves out a relocate that its statepoint counts on.
      "-fast-isel=false",
#define FRAME_MAP_OPTION(text) text,
#include "isa/isas.def"
  };
  if (!Opts.Plain)
    Args.insert(Args.end(), std::begin(ForFrameMaps), std::end(ForFrameMaps));
  for (const std::string &Option : Opts.BackEndOptions)
    Args.push_back(Option.c_str());
  cl::ParseCommandLineOptions(Args.size(), Args.data());
}

void initializeBackEnds(const Options &Opts) {
  initializeTargets();
  PassRegistry &Registry = *PassRegistry::getPassRegistry();
  initializeCore(Registry);
  initializeCodeGen(Registry);
  initializeLoopStrengthReducePass(Registry);
  initializeLowerIntrinsicsPass(Registry);
  initializeUnreachableBlockElimLegacyPassPass(Registry);
  initializeConstantHoistingLegacyPassPass(Registry);
  initializeScalarOpts(Registry);
  initializeVectorization(Registry);
  initializeScalarizeMaskedMemIntrinLegacyPassPass(Registry);
  initializeExpandReductionsPass(Registry);
  initializeTransformUtils(Registry);
  initializeTarget(Registry);
  initializeSplitSitesPass(Registry);
  initializeRematerialisePass(Registry);
  initializeVerifyAllocationPass(Registry);
  setBackEndOptions(Opts);
}

static CodeGenOptLevel codeGenLevel(char Level) {
  switch (Level) {
  case '0': // the fast allocator cannot keep many values across a call site
  case '1':
    return CodeGenOptLevel::Less;
  case '3':
    return CodeGenOptLevel::Aggressive;
  default:
    return CodeGenOptLevel::Default;
  }
}

static void retargetFunction(Function &F) {
  static const char *const Drop[] = {"target-cpu",       "target-features",
                                     "frame-pointer",    "probe-stack",
                                     "stack-probe-size", "no-realign-stack",
                                     "stackrealign",     "patchable-function"};
  for (const char *Name : Drop)
    F.removeFnAttr(Name);
  // C does not unwind: call-frame information goes to .debug_frame only.
  F.removeFnAttr(Attribute::UWTable);
  if (F.isIntrinsic() || F.isDeclaration())
    return;
  F.addFnAttr("tune-cpu", attempt().Isa->Tune);
  // x86-64 makes constants of minsize by push and pop: the frame has one size.
  if (F.hasFnAttribute(Attribute::MinSize)) {
    F.removeFnAttr(Attribute::MinSize);
    F.addFnAttr(Attribute::OptimizeForSize);
  }
  F.setDoesNotThrow();
  if (!attempt().Opts->Plain)
    F.addFnAttr("disable-tail-calls", "true");
  if (attempt().Fallbacks.lookup(F.getName()) >= FallbackMinimal) {
    F.removeFnAttr(Attribute::AlwaysInline);
    F.removeFnAttr(Attribute::OptimizeForSize);
    F.removeFnAttr(Attribute::MinSize);
    F.addFnAttr(Attribute::NoInline);
    F.addFnAttr(Attribute::OptimizeNone);
  }
}

// A frame map lists live values in the order of the relocates in the use list.
// Make that the order of the gc-live operands, whatever passes have done.
static void orderLiveValues(Function &F) {
  for (Instruction &I : instructions(F))
    if (isa<GCStatepointInst>(I))
      I.sortUseList([](const Use &A, const Use &B) {
        auto *X = dyn_cast<GCRelocateInst>(A.getUser());
        auto *Y = dyn_cast<GCRelocateInst>(B.getUser());
        if (!X || !Y)
          return !X && Y; // the call's result first
        return X->getDerivedPtrIndex() < Y->getDerivedPtrIndex();
      });
}

// A variable that is undefined on one path looks live there to whoever reads
// machine code: whatever its register or slot held before seems to be its
// value, across call sites that rightly do not list it. Defined phis keep
// liveness exact, for the price of a zeroing on such paths.
static void definePhis(Function &F) {
  if (!F.hasGC())
    return;
  for (BasicBlock &BB : F)
    for (PHINode &Phi : BB.phis())
      for (Use &In : Phi.incoming_values())
        if (isa<UndefValue>(In))
          In.set(Constant::getNullValue(Phi.getType()));
}

// AArch64 makes a maximum that orders the zeros of a comparison that need not
// look out for NaNs, which is another value than elsewhere (LLVM 119792).
static void keepZeros(Function &F) {
  for (Instruction &I : instructions(F))
    if ((isa<FCmpInst>(I) || isa<SelectInst>(I)) && isa<FPMathOperator>(I) &&
        I.hasNoNaNs() && !I.hasNoSignedZeros())
      I.setHasNoNaNs(false);
}

static void retarget(Module &M, const TargetMachine &TM, char OptLevel) {
  M.setTargetTriple(TM.getTargetTriple().str());
  M.setDataLayout(TM.createDataLayout());
  // A weak function that is not there is not local (instrument/prepare.cpp).
  for (GlobalValue &GV : M.global_values())
    GV.setDSOLocal(!isa<Function>(GV) || !GV.hasExternalWeakLinkage());
  for (GlobalVariable &GV : M.globals())
    if (GV.isThreadLocal())
      GV.setThreadLocalMode(GlobalVariable::LocalExecTLSModel);
  for (Function &F : M) {
    retargetFunction(F);
    orderLiveValues(F);
    definePhis(F);
    keepZeros(F);
    if (OptLevel == 's' && !F.isDeclaration() &&
        !F.hasFnAttribute(Attribute::OptimizeNone))
      F.addFnAttr(Attribute::OptimizeForSize);
  }
  emitSpinHints(M);
}

static std::unique_ptr<TargetMachine> createMachine(const Options &Opts) {
  const IsaTarget &Isa = *attempt().Isa;
  std::string Problem, Name = Triple::normalize(Isa.Triple);
  const Target *T = TargetRegistry::lookupTarget(Name, Problem);
  if (!T) {
    errs() << "popcorn-codegen: " << Isa.Name << ": " << Problem << "\n";
    return nullptr;
  }
  TargetOptions TO;
  TO.FunctionSections = true;
  TO.DataSections = true;
  TO.UniqueSectionNames = true;
  TO.EmulatedTLS = false;
  TO.EnableGlobalISel = false; // knows no statepoints
  TO.ForceDwarfFrameSection = true;
  TO.UseInitArray = true;
  TO.EnableMachineOutliner = false;
  return std::unique_ptr<TargetMachine>(
      T->createTargetMachine(Name, Isa.Cpu, Isa.Features, TO, Reloc::Static,
                             CodeModel::Small, codeGenLevel(Opts.OptLevel)));
}

static void insertPasses(TargetPassConfig &Config) {
  // CodeGenPrepare's identity is not in a header.
  Config.insertPass(PassRegistry::getPassRegistry()
                        ->getPassInfo(StringRef("codegenprepare"))
                        ->getTypeInfo(),
                    &SplitSitesID);
  // DetectDeadLanes is the first pass on the way from machine SSA to
  // registers: everything before it may hoist, nothing after it does.
  Config.insertPass(&DetectDeadLanesID, &RematerialiseID);
  // It makes the address of one slot the base of others, whose accesses then
  // look like the first slot's.
  Config.disablePass(&LocalStackSlotAllocationID);
  if (!passLimit().isSet())
    Config.insertPass(&VirtRegRewriterID, &VerifyAllocationID);
}

// Functions in one section could not have equal addresses on every ISA. clang puts
// dynamic initialisation of C++ in .text.startup. What is alone in its section keeps it as
// it is: objects there may lie as an array.
static bool shareSections(const Module &M) {
  StringSet<> Seen;
  return any_of(M, [&](const Function &F) {
    return !F.isDeclaration() && F.hasSection() &&
           !Seen.insert(F.getSection()).second;
  });
}

bool emitObject(Module &M, raw_pwrite_stream &OS) {
  auto Start = std::chrono::steady_clock::now();
  const Options &Opts = *attempt().Opts;
  std::unique_ptr<TargetMachine> TM = createMachine(Opts);
  if (!TM)
    return false;
  TM->Options.SeparateNamedSections = shareSections(M);
  retarget(M, *TM, Opts.OptLevel);
  PassGate Gate;
  M.getContext().setOptPassGate(Gate);

  auto &LTM = static_cast<LLVMTargetMachine &>(*TM);
  legacy::PassManager PM;
  TargetLibraryInfoImpl Libraries(TM->getTargetTriple());
  PM.add(new TargetLibraryInfoWrapperPass(Libraries));
  auto *Info = new MachineModuleInfoWrapperPass(&LTM);
  TargetPassConfig *Config = LTM.createPassConfig(PM);
  PM.add(Config);
  PM.add(Info);
  if (!Opts.Plain)
    insertPasses(*Config);
  if (Config->addISelPasses()) {
    errs() << "popcorn-codegen: " << attempt().Isa->Name
           << ": no instruction selection\n";
    return false;
  }
  Config->addMachinePasses();
  if (!Opts.Plain && !passLimit().isSet())
    PM.add(createVerifyFinalPass());
  Config->setInitialized();
  auto Type = Opts.Assembly ? CodeGenFileType::AssemblyFile
                            : CodeGenFileType::ObjectFile;
  if (LTM.addAsmPrinter(PM, OS, nullptr, Type, Info->getMMI().getContext())) {
    errs() << "popcorn-codegen: " << attempt().Isa->Name
           << ": cannot write this kind of file\n";
    return false;
  }
  PM.add(createFreeMachineFunctionPass());
  PM.run(M);
  attempt().Counts[NumMillisTotal] =
      std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - Start)
          .count();
  return true;
}

} // namespace popcorn
