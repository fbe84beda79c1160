// Values that many calls carry and few instructions use go to memory.
//
// Neither ISA has registers for more than some ten values across a call. What
// is more than that a code generator must keep in its frame, and it decides
// badly which: it sees each call site as a use of all its live values, so that
// a value nobody reads looks as hot as a counter, and it moves values to and
// fro between registers and slots around loops of calls. So the choice is made
// here: where more than MaxCarried values cross a call, those with the fewest
// uses for the calls they cross are stored where they are defined and loaded
// where they are used. Like any local they are then on the data stack, and no
// longer in a frame map.
#include "cold_values.h"
#include "internal.h"
#include "liveness.h"
#include "value_slots.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/BlockFrequencyInfo.h"
#include "llvm/Analysis/BranchProbabilityInfo.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"

#include <algorithm>

using namespace llvm;

namespace popcorn {

// Registers that a call keeps, on each ISA.
static constexpr unsigned KeptRegisters[] = {
#define ISA(name) 0
#define REG(name, dwarf, slot, saved) +(saved != 0)
#define ISA_END ,
#include "isa/isas.def"
};
// The fewest, and in one of them is the frame base.
static constexpr unsigned MaxCarried =
    *std::min_element(std::begin(KeptRegisters), std::end(KeptRegisters)) - 1;
// More than this is too much for the register allocator, which gives up at some
// statepoints with more (LLVM 19: "ran out of registers"): these go to memory
// however often they are used. They would be in slots anyway.
static constexpr unsigned MostCarried = 20;
// Uses and definitions for each call crossed, at most.
static constexpr double MaxTraffic = 0.6;
// A function without a frame gets one only for loops of calls.
static constexpr double MinCrossings = 4;

namespace {
struct Crossing {
  double Calls = 0;   // executed calls it is live across, where it is crowded
  double Traffic = 0; // executed loads and stores if it is in memory
  SmallVector<unsigned, 8> Sites;
};

class ColdValues {
public:
  explicit ColdValues(State &S, Function &F)
      : S(S), F(F), DT(F), LI(DT), BPI(F, LI), BFI(F, BPI, LI),
        Entry(BFI.getEntryFreq().getFrequency()) {}
  void run();

private:
  State &S;
  Function &F;
  DominatorTree DT;
  LoopInfo LI;
  BranchProbabilityInfo BPI;
  BlockFrequencyInfo BFI;
  double Entry;
  MapVector<Value *, Crossing> Values;
  SmallVector<unsigned, 32> Carried; // values at each crowded site

  double frequency(const BasicBlock *Block) const {
    return BFI.getBlockFreq(Block).getFrequency() / Entry;
  }
  bool hasFrame() const;
  void findCrossings();
  double traffic(Value *V) const;
};
} // namespace

static bool isScalar(const Value &V) {
  Type *T = V.getType();
  return T->isPointerTy() || T->isFloatTy() || T->isDoubleTy() ||
         (T->isIntegerTy() && T->getIntegerBitWidth() >= 8 &&
          T->getIntegerBitWidth() <= 64);
}

static bool isPollCall(const CallBase &Call) {
  Function *Callee = directCallee(Call);
  return Callee && Callee->getName() == PollSlowName;
}

bool ColdValues::hasFrame() const {
  return any_of(F.getEntryBlock(),
                [](const Instruction &I) { return isa<AllocaInst>(I); });
}

void ColdValues::findCrossings() {
  Liveness L(F);
  for (Instruction &I : instructions(F)) {
    if (!isCallSite(S, I) || isPollCall(cast<CallBase>(I)))
      continue;
    auto Live = L.across(cast<CallBase>(I));
    if (Live.size() <= MaxCarried)
      continue;
    for (Value *V : Live) {
      Values[V].Calls += frequency(I.getParent());
      Values[V].Sites.push_back(Carried.size());
    }
    Carried.push_back(Live.size());
  }
}

double ColdValues::traffic(Value *V) const {
  auto *I = dyn_cast<Instruction>(V);
  double Sum = I ? frequency(I->getParent()) : 1;
  for (const Use &U : V->uses()) {
    auto *Phi = dyn_cast<PHINode>(U.getUser());
    auto *User = cast<Instruction>(U.getUser());
    Sum += frequency(Phi ? Phi->getIncomingBlock(U) : User->getParent());
  }
  return Sum;
}

void ColdValues::run() {
  findCrossings();
  double Hottest = 0;
  SmallVector<std::pair<Value *, Crossing *>, 32> Order;
  for (auto &[V, C] : Values) {
    C.Traffic = traffic(V);
    Hottest = std::max(Hottest, C.Calls);
    if (isScalar(*V))
      Order.push_back({V, &C});
  }
  bool Pays = hasFrame() || Hottest >= MinCrossings;
  bool TooMany =
      any_of(Carried, [](unsigned Count) { return Count > MostCarried; });
  if (Order.empty() || (!Pays && !TooMany))
    return;
  stable_sort(Order, [](const auto &A, const auto &B) {
    return A.second->Traffic * B.second->Calls <
           B.second->Traffic * A.second->Calls;
  });
  ValueSlots Slots(F);
  for (auto &[V, C] : Order) {
    bool Cold = Pays && C->Traffic < MaxTraffic * C->Calls;
    unsigned Most = Cold ? MaxCarried : MostCarried;
    bool Crowded =
        any_of(C->Sites, [&](unsigned Site) { return Carried[Site] > Most; });
    if (!Crowded)
      continue;
    for (unsigned Site : C->Sites)
      Carried[Site]--;
    Slots.demote(V);
  }
}

void moveColdValues(State &S, Function &F) {
  if (!S.MayMigrate.contains(&F) || F.hasOptNone() ||
      F.hasFnAttribute(Attribute::ReturnsTwice) ||
      any_of(instructions(F), isSetjmpCall)) {
    return;
  }
  ColdValues(S, F).run();
}

} // namespace popcorn
