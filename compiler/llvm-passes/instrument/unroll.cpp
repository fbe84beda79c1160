// Tiny loops that cannot be strip-mined (string scans, list walks) are unrolled
// before points are placed: all exits stay, and the poll at the latch is paid
// once for several iterations.
#include "strip_mine.h"

#include "llvm/Analysis/AssumptionCache.h"
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

namespace popcorn
{

static constexpr unsigned TinyLoop = 24;     // instructions, phis apart
static constexpr unsigned UnrolledLoop = 64; // what it may become
static constexpr unsigned MaxUnroll = 8;

// Instructions of one iteration; 0 if the loop is not a tiny one.
static unsigned tinyCost(const Loop &L)
{
    unsigned Cost = 0;
    for (const BasicBlock *Block : L.blocks()) {
        for (const Instruction &I : Block->instructionsWithoutDebug()) {
            if (isRealCall(I) || I.isAtomic()) {
                return 0;
            }
            Cost += !isa<PHINode>(I);
        }
    }
    return Cost <= TinyLoop ? Cost : 0;
}

// Needs neither a poll nor one per iteration.
static bool pollsCheaply(const Loop &L, ScalarEvolution &SE,
                         const InstrumentOptions &Options)
{
    unsigned Trips = SE.getSmallConstantMaxTripCount(&L);
    return (Trips != 0 && Trips <= Options.StripMaxIterations / 8) ||
           planStrip(L, Options.StripMaxIterations);
}

void unrollTinyLoops(State &S, Function &F)
{
    if (F.hasOptSize() || F.hasMinSize()) {
        return;
    }
    DominatorTree DT(F);
    LoopInfo LI(DT);
    AssumptionCache AC(F);
    TargetLibraryInfoImpl LibraryImpl(Triple(S.M.getTargetTriple()));
    TargetLibraryInfo Library(LibraryImpl, &F);
    ScalarEvolution SE(F, Library, AC, DT, LI);
    TargetTransformInfo TTI(S.M.getDataLayout());
    for (Loop *L : LI.getLoopsInPreorder()) {
        // The vectoriser's remainder runs a few iterations only.
        bool Remainder = getBooleanLoopAttribute(L, "llvm.loop.isvectorized");
        unsigned Cost = L->isInnermost() && !Remainder ? tinyCost(*L) : 0;
        if (Cost == 0 || !L->isLoopSimplifyForm() || !L->isSafeToClone() ||
            pollsCheaply(*L, SE, S.Options)) {
            continue;
        }
        formLCSSA(*L, DT, &LI, &SE);
        UnrollLoopOptions How;
        How.Count = std::min<unsigned>(
            MaxUnroll, PowerOf2Ceil(UnrolledLoop / Cost / 2 + 1));
        How.Force = true;
        How.Runtime = false;
        How.AllowExpensiveTripCount = false;
        How.UnrollRemainder = false;
        How.ForgetAllSCEV = false;
        // To preserve LCSSA form the whole nest would have to be in it.
        if (UnrollLoop(L, How, &LI, &SE, &DT, &AC, &TTI, nullptr,
                       /*PreserveLCSSA=*/false) !=
            LoopUnrollResult::Unmodified) {
            S.Report.UnrolledLoops++;
        }
    }
}

} // namespace popcorn
