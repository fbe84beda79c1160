//===- main.cpp - popcorn-codegen -----------------------------------------===//
//
// MERGED.bc -> check -> instrument (once) -> code for each ISA (in parallel).
// docs/codegen.md describes every step.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/instrument.h"
#include "compiler/llvm-passes/instrument/pass_limit.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <unistd.h>

using namespace llvm;
using namespace popcorn;

static uint64_t millisSince(std::chrono::steady_clock::time_point Start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now() - Start)
      .count();
}

static bool writeInstrumented(const Module &M, const std::string &Path) {
  std::error_code EC;
  raw_fd_ostream OS(Path, EC, sys::fs::OF_None);
  if (!EC) {
    WriteBitcodeToFile(M, OS);
    OS.close();
    EC = OS.error();
  }
  if (!EC)
    return true;
  OS.clear_error();
  errs() << "popcorn-codegen: cannot write " << Path << ": " << EC.message()
         << "\n";
  return false;
}

static bool instrument(Module &M, const Options &Opts, raw_ostream &Stats,
                       InstrumentReport &Report) {
  if (Opts.AlreadyInstrumented)
    return true;
  InstrumentOptions How;
  StringSet<> Names;
  if (!Opts.ObjectPath.empty()) {
    if (!readNames(Opts.NonMigratingPath, Names))
      return false;
    How.Elsewhere = &Names;
  }
  How.DensePoints = Opts.DensePoints;
  How.Plain = Opts.Plain;
  if (Opts.ShortStrips) {
    How.StripBounded = true;
    How.StripMaxIterations = 8;
    How.PieceBytes = 24;
  }
  if (!instrumentModule(M, How, Report))
    return false;
  if (Opts.Stats)
    Report.print(Stats);
  return true;
}

// Where --stats prints; null after a message.
static std::unique_ptr<raw_ostream> statsStream(const Options &Opts) {
  if (Opts.StatsPath.empty())
    return std::make_unique<raw_fd_ostream>(STDERR_FILENO, false);
  std::error_code EC;
  auto OS = std::make_unique<raw_fd_ostream>(
      Opts.StatsPath, EC, sys::fs::CD_OpenAlways, sys::fs::FA_Write,
      sys::fs::OF_Append);
  if (!EC)
    return OS;
  errs() << "popcorn-codegen: cannot write " << Opts.StatsPath << ": "
         << EC.message() << "\n";
  return nullptr;
}

static void printStats(const Options &Opts, const std::vector<Counters> &All,
                       uint64_t MillisRead, uint64_t MillisInstrument,
                       raw_ostream &OS) {
  OS << "popcorn-codegen: read " << MillisRead << " ms, instrument "
     << MillisInstrument << " ms\n";
  for (unsigned I = 0; I < CounterEnd; ++I) {
    OS << "popcorn-codegen: ";
    for (size_t K = 0; K < All.size(); ++K)
      OS << Opts.Outputs[K].Isa->Name << " " << All[K][I] << ", ";
    OS << counterText(I) << "\n";
  }
}

int main(int Argc, char **Argv) {
  Options Opts;
  if (!parseOptions(Argc, Argv, Opts))
    return 2;
  if (Opts.Check)
    return checkFiles(Opts.CheckFiles) ? 0 : 1;

  if (!Opts.ListPath.empty())
    return listNonMigrating(Opts) ? 0 : 1;
  if (Opts.NativeParts)
    return writeNativeObject(Opts) ? 0 : 1;

  std::unique_ptr<raw_ostream> Stats = statsStream(Opts);
  if (!Stats)
    return 1;
  auto Start = std::chrono::steady_clock::now();
  initializeBackEnds(Opts);
  LLVMContext Context;
  SMDiagnostic Problem;
  std::unique_ptr<Module> M = parseIRFile(Opts.Input, Problem, Context);
  if (!M) {
    Problem.print("popcorn-codegen", errs());
    return 1;
  }
  if (!checkModuleFlag(*M, Opts.Input))
    return 1;
  if (!Opts.Debug)
    StripDebugInfo(*M);
  uint64_t MillisRead = millisSince(Start);

  Start = std::chrono::steady_clock::now();
  InstrumentReport Report;
  if (Opts.Whole)
    dropUnusedMath(*M);
  vectoriseStraightLines(*M, Opts);
  if (!instrument(*M, Opts, *Stats, Report))
    return 1;
  if (passLimit().allows("zero values", "the program"))
    dropZeroValues(*M);
  if (Opts.PlantedFault != Fault::LostStatus)
    expandFloatAtomics(*M);
  if (Opts.PlantedFault == Fault::WrongRelocate)
    plantWrongRelocates(*M);
  if (verifyModule(*M, &errs())) {
    errs() << "popcorn-codegen: " << Opts.Input
           << ": not valid after instrumentation; this is a bug of "
              "popcorn-codegen\n";
    return 1;
  }
  uint64_t MillisInstrument = millisSince(Start);
  if (!Opts.InstrumentedPath.empty() &&
      !writeInstrumented(*M, Opts.InstrumentedPath))
    return 1;

  std::vector<Counters> All;
  if (!generateAll(*M, Opts, All))
    return 1;
  if (!Opts.ObjectPath.empty() && !writeMultiIsaObject(Opts, Report))
    return 1;
  if (Opts.Stats)
    printStats(Opts, All, MillisRead, MillisInstrument, *Stats);
  return 0;
}
