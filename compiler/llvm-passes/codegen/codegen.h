//===- codegen.h - what the parts of popcorn-codegen share ----------------===//
//
// popcorn-codegen reads one neutral module and writes one object per ISA. Each
// ISA is generated in a forked child (a pristine copy of the module for free,
// both cores busy, a back-end crash contained). The child reports violations
// and counters over a pipe; the parent decides about fallbacks.
//
//===----------------------------------------------------------------------===//
#ifndef POPCORN_CODEGEN_CODEGEN_H
#define POPCORN_CODEGEN_CODEGEN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class Module;
class raw_pwrite_stream;
class TargetMachine;
} // namespace llvm

namespace popcorn {
struct InstrumentReport;

// How a target marks the operands of loads and stores that are addresses
// (memory_operands.cpp).
enum class AddressMark { OperandType, StackPointerClass };

// What code generation has to know of an ISA: CODEGEN rows of isa/<isa>/isa.def.
struct IsaTarget {
  const char *Name;     // folder under isa/
  const char *Triple;   // LLVM triple of the image
  const char *Cpu;      // oldest machine an image runs on
  const char *Features; // on top of Cpu
  const char *Tune;     // the machine whose costs the back end goes by
  AddressMark Addresses;
  const char *SpinHint; // the instruction
};
// LLVM's targets of all of them.
void initializeTargets();
// Null if there is no such ISA.
const IsaTarget *findIsa(llvm::StringRef Name);
std::string isaNames();

// Deliberate defects, so that a test can see the verifier catch them.
enum class Fault {
  None,
#define POPCORN_FAULT(id, name) id,
#include "faults.def"
};

// How much is switched off for one function after the verifier rejected it.
enum FallbackLevel : unsigned {
  FallbackNone,    // everything on
  FallbackHoist,   // no pass that hoists or merges constants
  FallbackMinimal, // no optional pass at all
  FallbackEnd,
};

struct Options {
  struct Output {
    const IsaTarget *Isa;
    std::string Path;
  };
  std::vector<Output> Outputs;
  std::string Input;
  std::string ObjectPath;       // of a multi-ISA object: one module of several
  std::string NonMigratingPath; // names of functions that never migrate
  std::string ListPath;         // --list-non-migrating
  bool NativeParts = false;     // the outputs are there: native code
  std::vector<std::string>
      Shared; // what it defines at one address on every ISA
  std::string InstrumentedPath;
  std::vector<std::string> BackEndOptions; // --mllvm
  std::vector<std::string> CheckFiles;
  char OptLevel = '2'; // '0'..'3', 's'
  bool Debug = false;
  bool Stats = false;
  std::string StatsPath; // appended to; empty: stderr
  bool Assembly = false;
  bool Check = false;
  bool AlreadyInstrumented = false;
  std::vector<std::string> Runtime; // archives of native objects
  bool Whole = false;               // all neutral code of a program: --whole
  bool DensePoints = false;         // migration points everywhere, for tests
  bool ShortStrips = false;         // strips of 8 iterations, for tests
  bool Plain = false;         // LLVM's code generator as it is, to compare with
  bool VerifyMachine = false; // LLVM's machine verifier after our pass
  Fault PlantedFault = Fault::None;
};

// Returns false after one message on stderr. Exits for --help and --version.
bool parseOptions(int Argc, char **Argv, Options &Opts);

enum Counter : unsigned {
#define POPCORN_COUNTER(id, text) id,
#include "counters.def"
  CounterEnd,
};
using Counters = std::array<uint64_t, CounterEnd>;
const char *counterText(unsigned Index);

// One value the frame map does not account for.
struct Violation {
  std::string Function;
  std::string Text;
  bool TooLarge = false; // a limit of the format is passed: no fault of ours
};

// What the frame map of one call site lists: the same on every ISA, or a thread
// could not move.
struct SiteRecord {
  uint32_t Site = 0;
  uint32_t Values = 0; // entries of the record
  uint64_t Hash = 0;   // of which live values they are, in order
  std::string Function;
};

// State of one attempt at one ISA. Machine passes are made by identity through
// PassRegistry, so they find it here and not through a constructor.
struct Attempt {
  const Options *Opts = nullptr;
  const IsaTarget *Isa = nullptr;
  llvm::StringMap<unsigned> Fallbacks; // function -> FallbackLevel
  Counters Counts{};
  std::vector<Violation> Violations;
  std::vector<SiteRecord> Sites;
  llvm::DenseSet<uint32_t> Recorded; // call sites that are in Sites
};
Attempt &attempt();

// module_check.cpp. All print one message and return false on bad input.
bool refuse(const llvm::Twine &Where, const llvm::Twine &Text);
bool checkModuleFlag(const llvm::Module &M, llvm::StringRef Path);
bool checkFiles(const std::vector<std::string> &Paths);

// native_symbols.cpp: names that archives of native objects define. False after
// a message.
bool readNativeSymbols(llvm::ArrayRef<std::string> Archives,
                       llvm::StringSet<> &Defined);

// unused_math.cpp: takes out functions of libm that no code of M can call.
void dropUnusedMath(llvm::Module &M);

// vectorise.cpp: vectors of straight-line code by the costs of the ISAs that are
// not the front end's.
void vectoriseStraightLines(llvm::Module &M, const Options &Opts);

// zero_values.cpp: takes values that are always zero out of the frame maps.
void dropZeroValues(llvm::Module &M);

// float_atomics.cpp: atomic arithmetic on floating-point numbers becomes loops
// of compare-and-swap.
void expandFloatAtomics(llvm::Module &M);
// spin_hint.cpp: fences that are spin hints become the instruction of the ISA.
void emitSpinHints(llvm::Module &M);

// plant.cpp: in each function two live values of one call site change places.
void plantWrongRelocates(llvm::Module &M);

// emit.cpp: makes code for attempt().Isa. False after a message. Violations are
// left in attempt().Violations; the object is then worthless.
void initializeBackEnds(const Options &Opts);
bool emitObject(llvm::Module &M, llvm::raw_pwrite_stream &OS);

// object.cpp: puts the objects of all ISAs, which have been written, into one
// multi-ISA object. False after a message.
bool writeMultiIsaObject(const Options &Opts, const InstrumentReport &Report);
// The same of native code, compiled for each ISA by clang.
bool writeNativeObject(const Options &Opts);
// The names in a file of non-migrating functions, one a line.
bool readNames(llvm::StringRef Path, llvm::StringSet<> &Names);

// non_migrating.cpp: writes the names of the functions of a library (bitcode)
// that never migrate. False after a message.
bool listNonMigrating(const Options &Opts);

// isa_job.cpp: all ISAs in parallel, with fallbacks. M stays untouched.
bool generateAll(llvm::Module &M, const Options &Opts,
                 std::vector<Counters> &PerIsa);

} // namespace popcorn

#endif
