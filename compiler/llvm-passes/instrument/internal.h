// What the instrumentation passes share. One file per pass; instrument.cpp
// holds the order.
#ifndef POPCORN_COMPILER_INSTRUMENT_INTERNAL_H
#define POPCORN_COMPILER_INSTRUMENT_INTERNAL_H

#include "debug_variables.h"
#include "exceptions.h"
#include "instrument.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace popcorn {

// The names of docs/architecture.md, "Instrumentation".
inline constexpr llvm::StringLiteral PollWordName = "__popcorn_poll_word";
inline constexpr llvm::StringLiteral PollSlowName = "__popcorn_poll_slow";
inline constexpr llvm::StringLiteral DataStackName = "__popcorn_data_stack";
inline constexpr llvm::StringLiteral JumpName = "__popcorn_jump";
inline constexpr llvm::StringLiteral ProgramIdName = "__popcorn_program_id";
inline constexpr llvm::StringLiteral MayMigrateAttr = "popcorn-may-migrate";
inline constexpr llvm::StringLiteral NonMigratingAttr = "popcorn-non-migrating";
inline constexpr llvm::StringLiteral NoPollAttr = "popcorn-no-poll";
// Operand bundle on a call: the data-stack frame base of a function that
// calls setjmp. Becomes live value 0 of the statepoint.
inline constexpr llvm::StringLiteral TokenBundle = "popcorn-token";
// On a latch, with the number of the successor: that edge back is taken few
// times in a row and needs no poll.
inline constexpr llvm::StringLiteral BoundedMetadata = "popcorn.bounded";
// In one module of several: what the link adds to its call-site ids.
inline constexpr llvm::StringLiteral SiteBaseName = "__popcorn_site_base";
// neutral/Neutral.h: on functions that take their arguments in a buffer, and on
// calls that give them so.
inline constexpr llvm::StringLiteral VariadicAttr = "popcorn-variadic";
inline constexpr uint64_t TokenIdBit = uint64_t(1) << 32;

// Another module's definition may take the place of this one.
bool isReplaceable(const llvm::GlobalValue &GV);
// The definition that is linked may be another module's: there is none here, or
// one that may be replaced.
bool isElsewhere(const llvm::GlobalValue &GV);

struct State {
  llvm::Module &M;
  const InstrumentOptions &Options;
  InstrumentReport &Report;
  bool Failed = false;

  llvm::DenseSet<const llvm::Function *> NonMigrating;
  llvm::DenseSet<const llvm::Function *> MayMigrate;
  // Cannot do without, whatever the pass limit is.
  llvm::DenseSet<const llvm::Function *> NeedsFrameMaps;
  // Store of the call-site id to __popcorn_jump.site before a setjmp call:
  // filled in when ids are given out.
  llvm::DenseMap<const llvm::CallBase *, llvm::StoreInst *> JumpSite;
  // By number: exceptions.cpp.
  std::vector<Landing> Landings;
  // Of a call of a function, in IR instructions: loop_points.cpp.
  llvm::DenseMap<const llvm::Function *, uint64_t> Cost;
  // Only of functions that have some: with -g.
  llvm::DenseMap<const llvm::Function *, FrameVariables> Variables;

  State(llvm::Module &M, const InstrumentOptions &Options,
        InstrumentReport &Report)
      : M(M), Options(Options), Report(Report) {}
  // Defined in another module: neutral code of which nothing is known.
  bool isUnknown(const llvm::GlobalValue &GV) const {
    return Options.Elsewhere && isElsewhere(GV) &&
           !Options.Elsewhere->contains(GV.getName());
  }
  void error(const llvm::Twine &Message);
  void error(const llvm::Instruction &Where, const llvm::Twine &Message);
};

// "function at file:line", for messages.
std::string describe(const llvm::Instruction &I);

// The function or alias a call names; null if it goes through a pointer.
llvm::GlobalValue *namedCallee(const llvm::CallBase &Call);
// The function a call is sure to reach, through aliases: the one defined here,
// or a declaration. Null if it goes through a pointer, or if another module may
// replace what it names (weak definitions).
llvm::Function *directCallee(const llvm::CallBase &Call);
// True for calls that leave the function: no intrinsics, no assembly.
bool isRealCall(const llvm::Instruction &I);
// musttail: the frame is gone when the callee begins, so it is no call site.
bool isTailCall(const llvm::Instruction &I);
bool isSetjmpName(llvm::StringRef Name);
bool isSetjmpCall(const llvm::Instruction &I);
// A native function during which a thread may move, or whose caller must be
// found on the control stack (longjmp).
bool isMigratingNative(const llvm::Function &F);
// Is F used in another way than to be called, or compared with null?
bool addressEscapes(const llvm::Function &F);

// One poll before Where; returns the instruction after it (Where, now in a
// new block).
llvm::CallInst *insertPoll(State &S, llvm::Instruction *Where);

void markBounded(llvm::Instruction *Latch, llvm::BasicBlock *Header);

void prepareModule(State &S);
void findNonMigrating(State &S);
void insertMigrationPoints(State &S);
void insertLoopPoints(State &S, llvm::Function &F,
                      const llvm::DenseSet<const llvm::Function *> &Polled);
void divideLongBlocks(State &S, llvm::Function &F);
void unrollTinyLoops(State &S, llvm::Function &F);
void findMayMigrate(State &S);
bool mayMigrate(const State &S, const llvm::Instruction &I);
// ... in this frame.
inline bool isCallSite(const State &S, const llvm::Instruction &I) {
  return !isTailCall(I) && mayMigrate(S, I);
}
// Its type: frame base and call-site id of a setjmp; what was thrown, and which
// clause of the landing takes it. Thread-local.
llvm::GlobalVariable *jumpVariable(State &S);
// The id that a call site has in the whole program, as an i64.
llvm::Constant *programSite(State &S, uint64_t Id);
// Nothing is live any more across the calls that return once more, to a frame whose
// registers and slots have been used for something else: each value is in the
// data-stack frame, stored before the call or where it is defined, and loaded behind
// it. How many there are.
enum class SaveAt { Call, Definition };
unsigned saveAcross(llvm::Function &F,
                    bool (*Reenters)(const llvm::Instruction &),
                    const llvm::Twine &Name, SaveAt Where);
void saveAcrossSetjmp(State &S, llvm::Function &F);
void moveToDataStack(State &S, llvm::Function &F);
void scalariseAggregates(llvm::Function &F);

// Extracts and inserts with a variable index go through memory.
void lowerVectorIndexes(llvm::Function &F);
void rematerialiseAddresses(State &S, llvm::Function &F);
void insertStatepoints(State &S);
void addProgramId(State &S);
// What the link has to know of one module of several: before calls are rewritten,
// and when all is done. Nothing of a whole program.
void noteCalls(State &S);
void noteDefinitions(State &S);

} // namespace popcorn

#endif
