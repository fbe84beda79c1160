// Instrumentation of a whole neutral program, once, before it is retargeted.
//
// Turns LTO-optimised neutral IR into IR whose threads can be stopped at
// migration points and rebuilt elsewhere: locals on the data stack, polls,
// and a statepoint with every live value at each call that may migrate.
// What it guarantees, and why each step is as it is: docs/instrumentation.md.
#ifndef POPCORN_COMPILER_INSTRUMENT_H
#define POPCORN_COMPILER_INSTRUMENT_H

#include <array>
#include <cstdint>

namespace llvm {
class Module;
class raw_ostream;
} // namespace llvm

namespace popcorn {

struct InstrumentOptions {
  // For tests: a point at every entry, leaves too, and in each iteration of
  // each loop. Else only where unbounded work needs one.
  bool DensePoints = false;
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
  std::array<uint8_t, 32> ProgramId{};

  void print(llvm::raw_ostream &OS) const;
};

// M: the whole program. Returns false after at least one error was given to
// M.getContext().diagnose(); the module is then of no use.
bool instrumentModule(llvm::Module &M, const InstrumentOptions &Options,
                      InstrumentReport &Report);

// Checks an instrumented module from scratch, knowing nothing of how it was
// made. instrumentModule() ends with it. Reports like instrumentModule().
bool verifyInstrumentedModule(llvm::Module &M);

} // namespace popcorn

#endif
