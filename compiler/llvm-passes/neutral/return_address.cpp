//===- return_address.cpp - is a return address kept? ---------------------===//
//
// __builtin_return_address is null in a program that moves (builtins.cpp). That
// is right for what is used at once, such as an argument of a diagnostic. What
// is kept to be used after a call, or by others, was meant to be an address.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

static bool isRealCall(const Instruction &I) {
  return isa<CallBase>(I) && !isa<IntrinsicInst>(I);
}

// Can Variable be read after Store, behind a call?
static bool readBehindCall(const StoreInst &Store, const AllocaInst &Variable) {
  using Place = std::pair<const BasicBlock *, unsigned>; // behind a call?
  SetVector<Place> Places;
  auto Scan = [&](BasicBlock::const_iterator From, bool Behind) {
    const BasicBlock *Block = From->getParent();
    for (; From != Block->end(); ++From) {
      auto *Load = dyn_cast<LoadInst>(&*From);
      if (Load && Behind && Load->getPointerOperand() == &Variable)
        return true;
      Behind |= isRealCall(*From);
    }
    for (const BasicBlock *Next : successors(Block))
      Places.insert(Place(Next, Behind));
    return false;
  };
  if (Scan(std::next(Store.getIterator()), false))
    return true;
  for (size_t I = 0; I < Places.size(); ++I) {
    Place Here = Places[I];
    if (Scan(Here.first->begin(), Here.second))
      return true;
  }
  return false;
}

// Only loaded and stored, so that nobody else can read it.
static bool isPrivate(const AllocaInst &Variable) {
  return all_of(Variable.users(), [&](const User *U) {
    auto *Store = dyn_cast<StoreInst>(U);
    auto *II = dyn_cast<IntrinsicInst>(U);
    return isa<LoadInst>(U) ||
           (Store && Store->getValueOperand() != &Variable) ||
           (II && II->isLifetimeStartOrEnd());
  });
}

bool popcorn::keepsReturnAddress(const Instruction &Builtin) {
  SetVector<const Value *> Values; // that are the address, or made from it
  Values.insert(&Builtin);
  for (size_t I = 0; I < Values.size(); ++I)
    for (const User *U : Values[I]->users()) {
      auto *Store = dyn_cast<StoreInst>(U);
      if (!Store) {
        if (!isa<CmpInst>(U) && !isa<CallBase>(U))
          Values.insert(U);
        continue;
      }
      auto *Variable = dyn_cast<AllocaInst>(Store->getPointerOperand());
      if (!Variable || !isPrivate(*Variable) ||
          readBehindCall(*Store, *Variable))
        return true;
      for (const User *Reader : Variable->users())
        if (isa<LoadInst>(Reader))
          Values.insert(Reader);
    }
  return false;
}
