// Migration points in loops: every cycle of the control-flow graph passes a
// point, or is known to end soon.
//
// Innermost first, a loop is
//   covered     each path round it passes a point already (an inner latch, a
//               call of a function that is polled at entry);
//   bounded     few iterations, known at compile time: nothing;
//   strip-mined counted, and no long loop inside: strip_mine.cpp;
//   polled      at its latch.
#include "strip_mine.h"

#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"

using namespace llvm;

namespace popcorn {

// In IR instructions; a call of unknown code or of a block of unknown length.
static constexpr uint64_t CallCost = 50;
static constexpr uint64_t BoundedBudget = 16384;
// Of a function of libm or compiler-rt that an instruction becomes.
static constexpr uint64_t MathCost = 128;
// What memcpy and its like do with one instruction of theirs.
static constexpr uint64_t BlockUnit = 8;
static constexpr uint64_t MinStripIterations = 8;
// Of a loop around a strip-mined one: if each inner run is just short of a
// poll, a strip takes this many times the budget.
static constexpr uint64_t OuterStripIterations = 8;

namespace {
struct LoopPlanner {
  State &S;
  Function &F;
  DominatorTree DT;
  LoopInfo LI;
  AssumptionCache AC;
  TargetLibraryInfoImpl LibraryImpl;
  TargetLibraryInfo Library;
  ScalarEvolution SE;
  DenseSet<BasicBlock *> Points;
  // Most work of one execution of a loop between two polls; 0: unbounded
  // without one.
  DenseMap<Loop *, uint64_t> Stretch;
  SmallVector<StripPlan, 8> Strips;
  SmallVector<BasicBlock *, 8> Latches;

  LoopPlanner(State &S, Function &F)
      : S(S), F(F), DT(F), LI(DT), AC(F),
        LibraryImpl(Triple(S.M.getTargetTriple())), Library(LibraryImpl, &F),
        SE(F, Library, AC, DT, LI) {}
  bool covered(const Loop &L) const;
  uint64_t cost(const Instruction &I) const;
  uint64_t iterationCost(const Loop &L) const;
  uint64_t maxTrips(Loop &L);
  uint64_t tripsWithinObject(const Loop &L, Instruction &I);
  bool planSparse(Loop &L);
  void plan(Loop &L);
};
} // namespace

// True if no path from the header back to it avoids all points.
bool LoopPlanner::covered(const Loop &L) const {
  SmallVector<BasicBlock *, 16> Work = {L.getHeader()};
  SmallPtrSet<BasicBlock *, 16> Seen;
  while (!Work.empty()) {
    BasicBlock *Block = Work.pop_back_val();
    if (Points.contains(Block) || !Seen.insert(Block).second)
      continue;
    for (BasicBlock *Next : successors(Block)) {
      if (Next == L.getHeader())
        return false;
      if (L.contains(Next))
        Work.push_back(Next);
    }
  }
  return true;
}

// Of a call: that of everything it may execute, each loop once. Loops of a
// callee have points of their own, but for those of the non-migrating set.
static uint64_t callCost(State &S, const CallBase &Call) {
  Function *Callee = directCallee(Call);
  if (!Callee || Callee->isDeclaration())
    return CallCost;
  // A cycle of calls passes a point: its cost is what is known by now.
  auto [Known, New] = S.Cost.insert({Callee, CallCost});
  if (!New)
    return Known->second;
  uint64_t Cost = 0;
  for (const Instruction &I : instructions(*Callee))
    Cost += isRealCall(I) ? callCost(S, cast<CallBase>(I)) : 1;
  Cost = std::min(Cost, S.Options.StripBudget);
  S.Cost[Callee] = Cost;
  return Cost;
}

// One instruction here, but a call in machine code.
static bool becomesCall(const Instruction &I) {
  if (I.getType()->getScalarType()->isFP128Ty())
    return !isa<LoadInst>(I);
  auto *Intrinsic = dyn_cast<IntrinsicInst>(&I);
  switch (Intrinsic ? Intrinsic->getIntrinsicID() : Intrinsic::not_intrinsic) {
  case Intrinsic::sin:
  case Intrinsic::cos:
  case Intrinsic::tan:
  case Intrinsic::pow:
  case Intrinsic::powi:
  case Intrinsic::exp:
  case Intrinsic::exp2:
  case Intrinsic::exp10:
  case Intrinsic::log:
  case Intrinsic::log2:
  case Intrinsic::log10:
  case Intrinsic::fma:
    return true;
  default:
    return I.getOpcode() == Instruction::FRem;
  }
}

uint64_t LoopPlanner::cost(const Instruction &I) const {
  if (isa<PHINode>(I))
    return 0;
  if (auto *Block = dyn_cast<MemIntrinsic>(&I)) {
    auto *Bytes = dyn_cast<ConstantInt>(Block->getLength());
    return Bytes ? 1 + std::min(Bytes->getZExtValue(), S.Options.PieceBytes) /
                           BlockUnit
                 : CallCost;
  }
  return isRealCall(I)    ? callCost(S, cast<CallBase>(I))
         : becomesCall(I) ? MathCost
                          : 1;
}

uint64_t LoopPlanner::iterationCost(const Loop &L) const {
  uint64_t Cost = 0;
  for (BasicBlock *Block : L.blocks()) {
    if (LI.getLoopFor(Block) != &L)
      continue;
    for (Instruction &I : Block->instructionsWithoutDebug())
      Cost += cost(I);
  }
  for (Loop *Inner : L)
    Cost += Stretch.lookup(Inner);
  return std::max<uint64_t>(Cost, 1);
}

// A loop that walks through a datum of known size on every iteration ends
// with it. (Were it to run on, it would only be polled late.)
uint64_t LoopPlanner::tripsWithinObject(const Loop &L, Instruction &I) {
  const Value *Pointer = getLoadStorePointerOperand(&I);
  if (!Pointer || !DT.dominates(I.getParent(), L.getLoopLatch()))
    return 0;
  auto *Object = dyn_cast<GlobalVariable>(getUnderlyingObject(Pointer));
  auto *Walk =
      dyn_cast<SCEVAddRecExpr>(SE.getSCEV(const_cast<Value *>(Pointer)));
  if (!Object || !Object->hasDefinitiveInitializer() || !Walk ||
      Walk->getLoop() != &L || !Walk->isAffine()) {
    return 0;
  }
  auto *Step = dyn_cast<SCEVConstant>(Walk->getStepRecurrence(SE));
  if (!Step || Step->getValue()->getBitWidth() > 64 ||
      Step->getValue()->isZero()) {
    return 0;
  }
  const DataLayout &DL = S.M.getDataLayout();
  uint64_t Bytes = DL.getTypeAllocSize(Object->getValueType());
  return Bytes / Step->getAPInt().abs().getZExtValue() + 1;
}

// 0: not known.
uint64_t LoopPlanner::maxTrips(Loop &L) {
  uint64_t Trips = SE.getSmallConstantMaxTripCount(&L);
  for (BasicBlock *Block : L.blocks()) {
    for (Instruction &I : *Block) {
      uint64_t Here = tripsWithinObject(L, I);
      if (Here != 0 && (Trips == 0 || Here < Trips))
        Trips = Here;
    }
  }
  return Trips;
}

// A strip, or no poll at all. False: the loop is polled at its latch.
bool LoopPlanner::planSparse(Loop &L) {
  uint64_t Cost = iterationCost(L);
  Stretch[&L] = 2 * Cost;
  if (covered(L)) {
    S.Report.CoveredLoops++;
    return true;
  }
  BasicBlock *Latch = L.getLoopLatch();
  uint64_t Trips = Latch ? maxTrips(L) : 0;
  if (Trips != 0 && Trips <= BoundedBudget / Cost && !S.Options.StripBounded) {
    Stretch[&L] = Cost * Trips;
    markBounded(Latch->getTerminator(), L.getHeader());
    S.Report.BoundedLoops++;
    return true;
  }
  uint64_t Iterations = PowerOf2Ceil(S.Options.StripBudget / Cost + 1);
  Iterations = std::min(Iterations, S.Options.StripMaxIterations);
  if (Cost >= S.Options.StripBudget && Cost < 2 * S.Options.StripBudget)
    Iterations = OuterStripIterations;
  if (Iterations >= MinStripIterations) {
    if (auto Plan = planStrip(L, Iterations)) {
      Strips.push_back(*Plan);
      Stretch[&L] = std::max(S.Options.StripBudget, Iterations * Cost);
      S.Report.StripMinedLoops++;
      return true;
    }
  }
  return false;
}

void LoopPlanner::plan(Loop &L) {
  if (!S.Options.DensePoints && planSparse(L))
    return;
  BasicBlock *Latch = L.getLoopLatch();
  if (!Latch) {
    // Not in simplified form: an indirect branch, which prepare refused.
    S.error(*L.getHeader()->getTerminator(),
            "loop with several ways back and no common latch");
    return;
  }
  Latches.push_back(Latch);
  Points.insert(Latch);
  S.Report.LatchPoints++;
}

// At the start of a block; of a landing, behind its call site.
static Instruction *firstPosition(BasicBlock *Block) {
  Instruction *First = &*Block->getFirstInsertionPt();
  return isLandCall(*First) ? First->getNextNode() : First;
}

// Before what the branch is computed from, so that compare and branch stay
// together in machine code; a load used only there stays with them.
static Instruction *latchPollPosition(BasicBlock *Latch) {
  Instruction *Where = Latch->getTerminator();
  // What simplifyLoop put between the calls that land and their landing goes again.
  BasicBlock *Next = Latch->getSingleSuccessor();
  if (Next && isLandCall(*Next->getFirstInsertionPt()))
    return firstPosition(Next);
  auto *Branch = dyn_cast<BranchInst>(Where);
  if (!Branch || !Branch->isConditional())
    return Where;
  auto *Condition = dyn_cast<Instruction>(Branch->getCondition());
  auto usable = [&](Instruction *I) {
    return I && I->getParent() == Latch && !isa<PHINode>(I) && I->hasOneUse() &&
           !isRealCall(*I);
  };
  if (!usable(Condition))
    return Where;
  Where = Condition;
  for (Value *V : Condition->operands()) {
    auto *I = dyn_cast<Instruction>(V);
    if (usable(I) && I->comesBefore(Where))
      Where = I;
  }
  return Where;
}

// Cycles LoopInfo does not know: entered at several blocks. A poll at the
// target of each edge that closes one.
static void pollIrreducible(State &S, Function &F) {
  DominatorTree DT(F);
  SmallVector<std::pair<const BasicBlock *, const BasicBlock *>, 16> Back;
  FindFunctionBackedges(F, Back);
  SetVector<BasicBlock *> Targets;
  for (auto [From, To] : Back)
    if (!DT.dominates(To, From))
      Targets.insert(const_cast<BasicBlock *>(To));
  for (BasicBlock *Block : Targets) {
    insertPoll(S, firstPosition(Block));
    S.Report.LatchPoints++;
  }
}

static void simplifyLoops(Function &F) {
  DominatorTree DT(F);
  LoopInfo LI(DT);
  SmallVector<Loop *, 8> Top(LI.begin(), LI.end());
  for (Loop *L : Top)
    simplifyLoop(L, &DT, &LI, nullptr, nullptr, nullptr, false);
}

void insertLoopPoints(State &S, Function &F,
                      const DenseSet<const Function *> &Polled) {
  if (F.size() == 1 && !is_contained(successors(&F.front()), &F.front()))
    return;
  pollIrreducible(S, F);
  simplifyLoops(F);
  unrollTinyLoops(S, F);
  LoopPlanner Planner(S, F);
  for (Instruction &I : instructions(F)) {
    if (!isRealCall(I)) {
      auto *Load = dyn_cast<LoadInst>(&I);
      if (Load && Load->getPointerOperand()->getName() == PollWordName)
        Planner.Points.insert(I.getParent());
      continue;
    }
    Function *Callee = directCallee(cast<CallBase>(I));
    if (Callee && Polled.contains(Callee))
      Planner.Points.insert(I.getParent());
  }
  SmallVector<Loop *, 8> Loops = Planner.LI.getLoopsInPreorder();
  for (Loop *L : reverse(Loops))
    Planner.plan(*L);
  for (const StripPlan &Plan : Planner.Strips)
    applyStrip(S, Plan);
  for (BasicBlock *Latch : Planner.Latches)
    insertPoll(S, latchPollPosition(Latch));
}

} // namespace popcorn
