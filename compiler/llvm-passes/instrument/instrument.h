// Instrumentation of neutral code, once, before it is retargeted: of a whole
// program, or of one module of it whose other modules nobody has seen.
//
// Turns LTO-optimised neutral IR into IR whose threads can be stopped at
// migration points and rebuilt elsewhere: locals on the data stack, polls,
// and a statepoint with every live value at each call that may migrate.
// What it guarantees, and why each step is as it is: docs/instrumentation.md.
#ifndef POPCORN_COMPILER_INSTRUMENT_H
#define POPCORN_COMPILER_INSTRUMENT_H

#include "llvm/ADT/StringSet.h"
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class Function;
class Module;
class raw_ostream;
} // namespace llvm

namespace popcorn {

struct InstrumentOptions {
  // For tests: a point at every entry, leaves too, and in each iteration of
  // each loop. Else only where unbounded work needs one.
  bool DensePoints = false;
  // One module of several: what it does not define may be neutral code, may
  // migrate and call back. Null: the module is the whole program. Else the
  // names of functions that never migrate, wherever they are defined: native
  // ones of the runtime, and libc's that a back end calls by itself.
  const llvm::StringSet<> *Elsewhere = nullptr;
  // For comparison: nothing but what the link needs. Such a program cannot
  // move.
  bool Plain = false;
  // For tests: loops of few iterations are strip-mined as well.
  bool StripBounded = false;
  // Work between two polls of a strip-mined loop, in IR instructions, and
  // the most iterations of one strip.
  uint64_t StripBudget = 8192;
  uint64_t StripMaxIterations = 1024;
  // memcpy, memmove and memset of more are done in pieces of this size.
  uint64_t PieceBytes = 16384;
};

struct InstrumentReport {
  uint64_t Functions = 0;
  uint64_t NonMigratingFunctions = 0; // back ends may call these
  uint64_t MayMigrateFunctions = 0;
  uint64_t EntryPoints = 0;
  uint64_t LatchPoints = 0;
  uint64_t StripMinedLoops = 0;
  uint64_t UnrolledLoops = 0; // to poll less often
  uint64_t BoundedLoops = 0;  // short constant trip count: no poll
  uint64_t CoveredLoops = 0;  // a call on every iteration polls already
  uint64_t DividedBlocks = 0; // copies and fills done in pieces if long
  uint64_t Statepoints = 0;   // call-site ids are 1..Statepoints
  uint64_t PlainCalls = 0;
  uint64_t LiveValues = 0; // 64-bit pieces over all statepoints
  uint64_t DataStackFrames = 0;
  uint64_t DataStackBytes = 0;
  uint64_t DataStackBytesSaved = 0; // by sharing slots
  uint64_t DynamicAllocas = 0;
  uint64_t RematerialisedAddresses = 0; // computed at uses, not listed
  uint64_t SetjmpCalls = 0;
  uint64_t Landings = 0;
  uint64_t LandingCalls = 0;
  uint64_t SavedForLandings = 0;
  std::array<uint8_t, 32> ProgramId{}; // of one module: its own
  // Of one module: what the link has to know of it, as lines of the module
  // record (docs/formats.md).
  std::string Facts;

  void print(llvm::raw_ostream &OS) const;
};

// M: the whole program, or one module of it. Returns false after at least one
// error was given to M.getContext().diagnose(); the module is then of no use.
bool instrumentModule(llvm::Module &M, const InstrumentOptions &Options,
                      InstrumentReport &Report);

// Names of the functions that must not migrate in a library of many modules:
// those that code generators call by themselves and all they reach, and native
// functions (Native: their names) that the library calls and that do not migrate.
class NonMigratingNames {
public:
  explicit NonMigratingNames(const llvm::StringSet<> &Native)
      : Native(Native) {}
  // M: one module of the library, not instrumented.
  void add(const llvm::Module &M);
  std::vector<std::string> names() const; // sorted

private:
  const llvm::StringSet<> &Native;
  llvm::StringMap<llvm::StringSet<>> Callees; // of functions that are defined
  llvm::StringSet<> Roots, Plain;
  llvm::StringSet<> Migrating;
};

// Checks an instrumented module from scratch, knowing nothing of how it was
// made. instrumentModule() ends with it. Reports like instrumentModule().
// Elsewhere as in InstrumentOptions.
bool verifyInstrumentedModule(llvm::Module &M,
                              const llvm::StringSet<> *Elsewhere = nullptr);

} // namespace popcorn

#endif
