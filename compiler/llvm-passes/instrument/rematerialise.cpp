// Addresses computed again instead of carried over call sites.
//
// The optimiser computes `&p->field` or `&a[i]` once and keeps it. Across a
// call site that is one more live value, while p, a and i are live there as
// well. Where that is so at each call site the address is live across, its
// uses compute it themselves: most fold into the addressing mode of a load or
// store. (The back ends would do this across plain calls.)
//
// `p + constant` is computed at its uses even where p is not live anyway: p
// then takes its place, so no call site gets longer, and all the fields of *p
// that a loop invariant was made of become one live value. So is a pointer as an
// integer, or the reverse: to a back end both are one value, which some would list
// once where both are live.
#include "internal.h"
#include "liveness.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace popcorn {

static constexpr unsigned MaxUses = 12;

static bool isConstantOffset(const Value &V) {
  auto *GEP = dyn_cast<GetElementPtrInst>(&V);
  return GEP && GEP->getType()->isPointerTy() &&
         !isa<Constant>(GEP->getPointerOperand()) &&
         GEP->hasAllConstantIndices();
}

// No instruction at all.
static bool isFreeCast(const Value &V) {
  auto *Cast = dyn_cast<CastInst>(&V);
  return Cast && !isa<Constant>(Cast->getOperand(0)) &&
         ((isa<PtrToIntInst>(Cast) && Cast->getType()->isIntegerTy(64)) ||
          (isa<IntToPtrInst>(Cast) && Cast->getSrcTy()->isIntegerTy(64)));
}

// What it is made from takes its place.
static bool hasSubstitute(const Value &V) {
  return isConstantOffset(V) || isFreeCast(V);
}

// One instruction, no trap, at most base + index * scale + constant.
static bool isCheapAddress(const Value &V) {
  if (isFreeCast(V))
    return true;
  auto *GEP = dyn_cast<GetElementPtrInst>(&V);
  if (!GEP || !GEP->getType()->isPointerTy())
    return false;
  unsigned Variable = count_if(
      GEP->indices(), [](const Use &Index) { return !isa<Constant>(Index); });
  TypeSize Scale = GEP->getModule()->getDataLayout().getTypeAllocSize(
      GEP->getResultElementType());
  bool Scaled = Scale == 1 || Scale == 2 || Scale == 4 || Scale == 8;
  return Variable == 0 ||
         (Variable == 1 && Scaled && GEP->getNumIndices() == 1);
}

static SmallVector<Instruction *, 16>
findCandidates(Function &F, ArrayRef<SmallVector<Value *, 16>> LiveSets) {
  SmallDenseSet<Value *, 16> Good, Bad;
  for (const auto &Live : LiveSets) {
    SmallDenseSet<Value *, 16> Here(Live.begin(), Live.end());
    for (Value *V : Live) {
      if (!isCheapAddress(*V))
        continue;
      bool Covered =
          hasSubstitute(*V) ||
          all_of(cast<Instruction>(V)->operands(), [&](const Use &U) {
            return isa<Constant>(U) || Here.contains(U.get());
          });
      (Covered ? Good : Bad).insert(V);
    }
  }
  SmallVector<Instruction *, 16> Result;
  for (Instruction &I : instructions(F))
    if (Good.contains(&I) && !Bad.contains(&I))
      Result.push_back(&I);
  return Result;
}

static void computeAtUses(Instruction *I) {
  SmallVector<Use *, 16> Uses;
  for (Use &U : I->uses())
    Uses.push_back(&U);
  DenseMap<std::pair<PHINode *, BasicBlock *>, Instruction *> PhiCopies;
  for (Use *U : Uses) {
    auto *User = cast<Instruction>(U->getUser());
    auto *Phi = dyn_cast<PHINode>(User);
    if (!Phi) {
      Instruction *Copy = I->clone();
      Copy->insertBefore(User);
      U->set(Copy);
      continue;
    }
    BasicBlock *From = Phi->getIncomingBlock(*U);
    Instruction *&Copy = PhiCopies[{Phi, From}];
    if (!Copy) {
      Copy = I->clone();
      Copy->insertBefore(From->getTerminator());
    }
    U->set(Copy);
  }
  I->eraseFromParent();
}

void rematerialiseAddresses(State &S, Function &F) {
  SmallVector<CallBase *, 16> Sites;
  for (Instruction &I : instructions(F))
    if (isCallSite(S, I))
      Sites.push_back(cast<CallBase>(&I));
  if (Sites.empty())
    return;
  Liveness L(F);
  SmallVector<SmallVector<Value *, 16>, 16> LiveSets;
  for (CallBase *Site : Sites)
    LiveSets.push_back(L.across(*Site));
  // Users first: their copies then use copies of what they are made from.
  // Each may multiply the uses of the next, hence the limit.
  SmallVector<Instruction *, 16> Candidates = findCandidates(F, LiveSets);
  for (Instruction *I : reverse(Candidates)) {
    if (hasSubstitute(*I) || !I->hasNUsesOrMore(MaxUses + 1)) {
      computeAtUses(I);
      S.Report.RematerialisedAddresses++;
    }
  }
}

} // namespace popcorn
