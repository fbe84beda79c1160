// The order of the passes, and what they share.
#include "cold_values.h"
#include "internal.h"
#include "pass_limit.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

// Of a function that is returned to a second time.
static bool isReentered(Function &F) {
  return any_of(instructions(F), [](const Instruction &I) {
    return isSetjmpCall(I) || isLandCall(I);
  });
}

// Everything between points and frame maps, for one function.
static void prepareFunction(State &S, Function &F) {
  PassLimit &Limit = passLimit();
  StringRef Name = F.getName();
  // What saves values across setjmp, or for landings, needs frame maps behind it.
  bool All = isReentered(F);
  if (All && !Limit.allows("setjmp, landings and frame maps", Name))
    return;
  if (All || Limit.allows("vector indexes", Name))
    lowerVectorIndexes(F);
  if (All || Limit.allows("aggregates", Name))
    scalariseAggregates(F);
  if (All) {
    saveAcrossSetjmp(S, F);
    S.NeedsFrameMaps.insert(&F);
  }
  if (All || Limit.allows("addresses", Name))
    rematerialiseAddresses(S, F);
  if (All)
    saveForLandings(S, F);
  if (All || Limit.allows("cold values", Name))
    moveColdValues(S, F);
  if (All || Limit.allows("data stack", Name))
    moveToDataStack(S, F);
  if (All || Limit.allows("addresses of locals", Name))
    rematerialiseAddresses(S, F);
}

bool instrumentModule(Module &M, const InstrumentOptions &Options,
                      InstrumentReport &Report) {
  State S(M, Options, Report);
  prepareModule(S);
  if (S.Failed)
    return false;
  noteCalls(S);
  if (Options.Plain) {
    addProgramId(S);
    noteDefinitions(S);
    return !S.Failed;
  }
  findNonMigrating(S);
  insertMigrationPoints(S);
  if (S.Failed)
    return false;
  findMayMigrate(S);
  for (Function &F : M) {
    if (!F.isDeclaration()) {
      Report.Functions++;
      straightenLandings(F);
      prepareFunction(S, F);
    }
  }
  insertStatepoints(S);
  if (S.Failed)
    return false;
  addLandingTables(S);
  addProgramId(S);
  noteDefinitions(S);
  return passLimit().isSet() || verifyInstrumentedModule(M, Options.Elsewhere);
}

void InstrumentReport::print(raw_ostream &OS) const {
  const std::pair<const char *, uint64_t> Rows[] = {
      {"functions", Functions},
      {"non-migrating functions", NonMigratingFunctions},
      {"functions that may migrate", MayMigrateFunctions},
      {"points at entries", EntryPoints},
      {"points at latches", LatchPoints},
      {"strip-mined loops", StripMinedLoops},
      {"unrolled loops", UnrolledLoops},
      {"bounded loops", BoundedLoops},
      {"covered loops", CoveredLoops},
      {"divided copies and fills", DividedBlocks},
      {"call sites (statepoints)", Statepoints},
      {"plain calls", PlainCalls},
      {"live values", LiveValues},
      {"data-stack frames", DataStackFrames},
      {"data-stack bytes", DataStackBytes},
      {"data-stack bytes saved", DataStackBytesSaved},
      {"dynamic allocas", DynamicAllocas},
      {"rematerialised addresses", RematerialisedAddresses},
      {"setjmp calls", SetjmpCalls},
      {"landings", Landings},
      {"calls with a landing", LandingCalls},
      {"values saved for landings", SavedForLandings},
  };
  for (const auto &[Name, Value] : Rows)
    OS << "instrument: " << Name << ": " << Value << "\n";
  OS << "instrument: program id: " << toHex(ProgramId, true) << "\n";
}

} // namespace popcorn
