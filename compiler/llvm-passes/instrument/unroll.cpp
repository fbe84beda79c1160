// Tiny loops that cannot be strip-mined (string scans, list walks) are unrolled
// before points are placed: all exits stay, and the poll at the latch is paid
// once for several iterations.
#include "strip_mine.h"

#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/BlockFrequencyInfo.h"
#include "llvm/Analysis/BranchProbabilityInfo.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/UnrollLoop.h"

using namespace llvm;

namespace popcorn {

static constexpr unsigned TinyLoop = 16;     // instructions, phis apart
static constexpr unsigned UnrolledLoop = 32; // what it may become
static constexpr unsigned MaxUnroll = 8;
// Iterations per call of the function: a loop with fewer costs size alone.
static constexpr double RareLoop = 0.25;
// Instructions that a function may get by it: where there are many such loops,
// most run a few iterations.
static constexpr unsigned Growth = 96;

// Instructions of one iteration; 0 if the loop is not a tiny one.
static unsigned tinyCost(const Loop &L) {
  unsigned Cost = 0;
  for (const BasicBlock *Block : L.blocks()) {
    for (const Instruction &I : Block->instructionsWithoutDebug()) {
      if (isRealCall(I) || I.isAtomic())
        return 0;
      Cost += !isa<PHINode>(I);
    }
  }
  return Cost <= TinyLoop ? Cost : 0;
}

// Needs neither a poll nor one per iteration.
static bool pollsCheaply(const Loop &L, ScalarEvolution &SE,
                         const InstrumentOptions &Options) {
  unsigned Trips = SE.getSmallConstantMaxTripCount(&L);
  return (Trips != 0 && Trips <= Options.StripMaxIterations / 8) ||
         planStrip(L, Options.StripMaxIterations);
}

namespace {
struct TinyLoopCost {
  Loop *L;
  unsigned Cost; // instructions of an iteration
  uint64_t Frequency;
};
} // namespace

// The hottest first. No loop of them is in another.
static SmallVector<TinyLoopCost, 8> tinyLoops(const Function &F,
                                              const LoopInfo &LI) {
  SmallVector<TinyLoopCost, 8> Tiny;
  for (Loop *L : LI.getLoopsInPreorder()) {
    // The vectoriser's remainder runs a few iterations only.
    bool Remainder = getBooleanLoopAttribute(L, "llvm.loop.isvectorized");
    unsigned Cost = L->isInnermost() && !Remainder ? tinyCost(*L) : 0;
    if (Cost != 0 && L->isLoopSimplifyForm() && L->isSafeToClone())
      Tiny.push_back({L, Cost, 0});
  }
  if (!Tiny.empty()) {
    BranchProbabilityInfo BPI(F, LI);
    BlockFrequencyInfo BFI(F, BPI, LI);
    double Calls = BFI.getEntryFreq().getFrequency();
    for (TinyLoopCost &Entry : Tiny)
      Entry.Frequency = BFI.getBlockFreq(Entry.L->getHeader()).getFrequency();
    erase_if(Tiny, [&](const TinyLoopCost &Entry) {
      return Entry.Frequency < RareLoop * Calls;
    });
    stable_sort(Tiny, [](const TinyLoopCost &A, const TinyLoopCost &B) {
      return A.Frequency > B.Frequency;
    });
  }
  return Tiny;
}

void unrollTinyLoops(State &S, Function &F) {
  if (F.hasOptSize() || F.hasMinSize())
    return;
  DominatorTree DT(F);
  LoopInfo LI(DT);
  AssumptionCache AC(F);
  TargetLibraryInfoImpl LibraryImpl(Triple(S.M.getTargetTriple()));
  TargetLibraryInfo Library(LibraryImpl, &F);
  ScalarEvolution SE(F, Library, AC, DT, LI);
  TargetTransformInfo TTI(S.M.getDataLayout());
  unsigned Room = Growth;
  for (auto [L, Cost, Frequency] : tinyLoops(F, LI)) {
    if (pollsCheaply(*L, SE, S.Options))
      continue;
    unsigned Count = std::min<unsigned>(
        MaxUnroll, PowerOf2Ceil(UnrolledLoop / Cost / 2 + 1));
    if ((Count - 1) * Cost > Room)
      continue;
    Room -= (Count - 1) * Cost;
    formLCSSA(*L, DT, &LI, &SE);
    UnrollLoopOptions How;
    How.Count = Count;
    How.Force = true;
    How.Runtime = false;
    How.AllowExpensiveTripCount = false;
    How.UnrollRemainder = false;
    How.ForgetAllSCEV = false;
    // To preserve LCSSA form the whole nest would have to be in it.
    if (UnrollLoop(L, How, &LI, &SE, &DT, &AC, &TTI, nullptr,
                   /*PreserveLCSSA=*/false) != LoopUnrollResult::Unmodified) {
      S.Report.UnrolledLoops++;
    }
  }
}

} // namespace popcorn
