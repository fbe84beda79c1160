// popcorn-instrument: runs the instrumentation on one bitcode file, for tests
// and for reading what it does. popcorn-codegen does the same on the way.
#include "exceptions.h"
#include "instrument.h"
#include "internal.h"

#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

static cl::opt<std::string> Input(cl::Positional, cl::Required,
                                  cl::desc("FILE.bc"));
static cl::opt<std::string> Output("o", cl::init("-"), cl::desc("OUT.bc"));
static cl::opt<bool> Text("S", cl::desc("Write assembly"));
static cl::opt<bool> Stats("stats-popcorn", cl::desc("Print the report"));
static cl::opt<bool> DensePoints("dense-points",
                                 cl::desc("Poll all entries and latches"));
static cl::opt<bool> VerifyOnly("verify-only",
                                cl::desc("Check an instrumented module"));
static cl::opt<std::string>
    Plant("plant", cl::desc("Break the result before it is verified again: "
                            "live, id, poll, alloca, call, land-edge, "
                            "land-row, land-start, land-token"));

// Uses of a relocated value read the value from before the call again.
static bool plantLive(GCStatepointInst &Site) {
  for (const GCRelocateInst *R : Site.getGCRelocates()) {
    const_cast<GCRelocateInst *>(R)->replaceAllUsesWith(R->getDerivedPtr());
    return true;
  }
  return false;
}

static bool plantPoll(Function &F) {
  for (Instruction &I : instructions(F)) {
    auto *Load = dyn_cast<LoadInst>(&I);
    if (Load && &F.getEntryBlock() != I.getParent() &&
        Load->getPointerOperand()->getName() == "__popcorn_poll_word") {
      Load->setVolatile(false);
      return true;
    }
  }
  return false;
}

// A call may throw and has no way to its landing.
static bool plantEdge(Function &F) {
  for (BasicBlock &Block : F) {
    if (auto *Edge = dyn_cast<CallBrInst>(Block.getTerminator())) {
      Edge->getIndirectDest(0)->removePredecessor(&Block);
      BranchInst::Create(Edge->getDefaultDest(), Edge->getIterator());
      Edge->eraseFromParent();
      return true;
    }
  }
  return false;
}

// A row of the table names the call itself as its landing.
static bool plantRow(Module &M) {
  for (GlobalVariable &GV : M.globals()) {
    auto *Rows = GV.hasInitializer()
                     ? dyn_cast<ConstantArray>(GV.getInitializer())
                     : nullptr;
    if (!Rows || GV.getSection() != popcorn::LandingSection)
      continue;
    SmallVector<Constant *, 8> All;
    for (const Use &U : Rows->operands())
      All.push_back(cast<Constant>(U));
    auto *Row = cast<ConstantStruct>(All[0]);
    Constant *Call = Row->getOperand(0);
    All[0] =
        ConstantStruct::get(Row->getType(), {Call, Call, Row->getOperand(2)});
    GV.setInitializer(ConstantArray::get(Rows->getType(), All));
    return true;
  }
  return false;
}

static bool isLanding(const GCStatepointInst &Site) {
  return Site.getActualCalledOperand()->getName() == popcorn::LandName;
}

static bool plantAt(GCStatepointInst &Site) {
  if (Plant == "land-start" && isLanding(Site)) {
    new FenceInst(Site.getContext(), AtomicOrdering::SequentiallyConsistent,
                  SyncScope::System, Site.getIterator());
    return true;
  }
  if (Plant == "land-token" && (Site.getID() & popcorn::TokenIdBit)) {
    Site.setArgOperand(0, ConstantInt::get(Type::getInt64Ty(Site.getContext()),
                                           uint32_t(Site.getID())));
    return true;
  }
  if (Plant == "live")
    return plantLive(Site);
  if (Plant == "id" && (Site.getID() & UINT32_MAX) > 1) {
    Site.setArgOperand(
        0, ConstantInt::get(Type::getInt64Ty(Site.getContext()), 1));
    return true;
  }
  if (Plant == "alloca") {
    new AllocaInst(Type::getInt32Ty(Site.getContext()), 0, "",
                   Site.getIterator());
    return true;
  }
  auto *Callee = dyn_cast<Function>(Site.getActualCalledOperand());
  if (Plant == "call" && Callee && Callee->arg_empty()) {
    CallInst::Create(Callee, "", Site.getIterator());
    return true;
  }
  return false;
}

static bool plant(Module &M) {
  if (Plant == "land-row")
    return plantRow(M);
  for (Function &F : M) {
    if ((Plant == "poll" && plantPoll(F)) ||
        (Plant == "land-edge" && plantEdge(F)))
      return true;
    for (Instruction &I : instructions(F)) {
      auto *Site = dyn_cast<GCStatepointInst>(&I);
      if (Site && plantAt(*Site))
        return true;
    }
  }
  return false;
}

int main(int Argc, char **Argv) {
  cl::ParseCommandLineOptions(Argc, Argv, "Popcorn instrumentation\n");
  LLVMContext Context;
  SMDiagnostic Diagnostic;
  std::unique_ptr<Module> M = parseIRFile(Input, Diagnostic, Context);
  if (!M) {
    Diagnostic.print(Argv[0], errs());
    return 1;
  }
  if (VerifyOnly)
    return popcorn::verifyInstrumentedModule(*M) ? 0 : 1;
  popcorn::InstrumentOptions Options;
  Options.DensePoints = DensePoints;
  popcorn::InstrumentReport Report;
  if (!popcorn::instrumentModule(*M, Options, Report))
    return 1;
  if (!Plant.empty()) {
    if (!plant(*M)) {
      errs() << "nothing to break with --plant=" << Plant << "\n";
      return 77;
    }
    return popcorn::verifyInstrumentedModule(*M) ? 0 : 1;
  }
  if (Stats)
    Report.print(errs());
  std::error_code Error;
  raw_fd_ostream OS(Output, Error);
  if (Error) {
    errs() << Argv[0] << ": " << Output << ": " << Error.message() << "\n";
    return 1;
  }
  if (Text)
    M->print(OS, nullptr);
  else
    WriteBitcodeToFile(*M, OS);
  return 0;
}
