#include "value_slots.h"

#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;

namespace popcorn {

Instruction *firstAfter(Value *V, Function &F) {
  if (auto *I = dyn_cast<Instruction>(V))
    return isa<PHINode>(I) ? &*I->getParent()->getFirstInsertionPt()
                           : I->getNextNode();
  Instruction *Where = &*F.getEntryBlock().getFirstInsertionPt();
  while (isa<AllocaInst>(Where))
    Where = Where->getNextNode();
  return Where;
}

AllocaInst *ValueSlots::newAlloca(Type *T) {
  BasicBlock &Entry = F.getEntryBlock();
  return new AllocaInst(T, 0, "", Entry.begin());
}

Value *ValueSlots::load(const Slot &S, Type *T, Instruction *Where) {
  IRBuilder<> B(Where);
  Value *V = B.CreateLoad(S.Alloca->getAllocatedType(), S.Alloca);
  if (S.Wide) {
    V = B.CreateTrunc(V, T);
    Conversions.push_back(cast<Instruction>(V));
  }
  return V;
}

void ValueSlots::replaceUses(Value *V, const Slot &S) {
  SmallVector<Use *, 16> Uses;
  for (Use &U : V->uses())
    Uses.push_back(&U);
  // One load for all operands a phi has from one block: they must be equal.
  DenseMap<std::pair<PHINode *, BasicBlock *>, Value *> PhiLoads;
  for (Use *U : Uses) {
    auto *User = cast<Instruction>(U->getUser());
    auto *Phi = dyn_cast<PHINode>(User);
    if (!Phi) {
      U->set(load(S, V->getType(), User));
      continue;
    }
    BasicBlock *From = Phi->getIncomingBlock(*U);
    Value *&Loaded = PhiLoads[{Phi, From}];
    if (!Loaded)
      Loaded = load(S, V->getType(), From->getTerminator());
    U->set(Loaded);
  }
}

void ValueSlots::storeDefinition(Value *V, const Slot &S) {
  IRBuilder<> B(firstAfter(V, F));
  Value *New = V;
  if (S.Wide)
    New = B.CreateZExt(V, B.getInt64Ty());
  B.CreateStore(New, S.Alloca);
}

void ValueSlots::demote(Value *V, bool Wide) {
  Type *T = Wide ? Type::getInt64Ty(F.getContext()) : V->getType();
  Slot S{newAlloca(T), Wide};
  Slots[V] = S;
  replaceUses(V, S);
  storeDefinition(V, S);
}

Value *ValueSlots::read(Value *V, Instruction *Where) {
  const Slot S = Slots.lookup(V);
  IRBuilder<> B(Where);
  return B.CreateLoad(S.Alloca->getAllocatedType(), S.Alloca);
}

void ValueSlots::write(Value *V, Value *New, Instruction *Where) {
  IRBuilder<>(Where).CreateStore(New, Slots.lookup(V).Alloca);
}

// trunc(zext x) is x again where no call lies between.
void ValueSlots::foldConversions() {
  for (Instruction *I : Conversions) {
    auto *Extend = dyn_cast<ZExtInst>(I->getOperand(0));
    if (Extend && Extend->getSrcTy() == I->getType()) {
      I->replaceAllUsesWith(Extend->getOperand(0));
      I->eraseFromParent();
    } else if (I->use_empty()) {
      I->eraseFromParent();
    }
  }
}

void ValueSlots::promote() {
  SmallVector<AllocaInst *, 32> Allocas;
  for (auto &[V, S] : Slots)
    Allocas.push_back(S.Alloca);
  if (!Allocas.empty()) {
    DominatorTree DT(F);
    PromoteMemToReg(Allocas, DT);
  }
  foldConversions();
  Slots.clear();
  Conversions.clear();
}

} // namespace popcorn
