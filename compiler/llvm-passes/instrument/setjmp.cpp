// Values that live across setjmp go to memory.
//
// setjmp returns a second time into a frame whose registers and spill slots
// have long been used for something else, perhaps on another ISA. So nothing
// is live in the frame when it returns: each value is stored in the data-stack
// frame just before the call and loaded just after it. The data-stack pass,
// which runs next, moves these slots and recovers the frame base itself.
#include "internal.h"
#include "liveness.h"
#include "value_slots.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace popcorn {

unsigned saveAcross(Function &F, bool (*Reenters)(const Instruction &),
                    const Twine &Name, SaveAt Where) {
  SmallVector<CallBase *, 4> Calls;
  for (Instruction &I : instructions(F))
    if (Reenters(I))
      Calls.push_back(cast<CallBase>(&I));
  Liveness L(F);
  MapVector<CallBase *, SmallVector<Value *, 16>> Live;
  MapVector<Value *, AllocaInst *> Saved;
  BasicBlock &Entry = F.getEntryBlock();
  for (CallBase *Call : Calls) {
    Live[Call] = L.across(*Call);
    for (Value *V : Live[Call]) {
      AllocaInst *&Slot = Saved[V];
      if (!Slot)
        Slot = new AllocaInst(V->getType(), 0, Name, Entry.begin());
    }
  }
  // Volatile: no later pass may keep the value in a register.
  if (Where == SaveAt::Definition)
    for (auto &[V, Slot] : Saved)
      IRBuilder<>(firstAfter(V, F)).CreateStore(V, Slot, true);
  ValueSlots Slots(F);
  for (auto &[V, Slot] : Saved)
    Slots.demote(V);
  for (auto &[Call, Values] : Live) {
    Instruction *After = Call->getNextNode();
    for (Value *V : Values) {
      if (Where == SaveAt::Call)
        IRBuilder<>(Call).CreateStore(Slots.read(V, Call), Saved[V], true);
      Value *Again =
          IRBuilder<>(After).CreateLoad(V->getType(), Saved[V], true);
      Slots.write(V, Again, After);
    }
  }
  Slots.promote();
  return Saved.size();
}

void saveAcrossSetjmp(State &S, Function &F) {
  S.Report.SetjmpCalls += count_if(
      instructions(F), [](const Instruction &I) { return isSetjmpCall(I); });
  saveAcross(F, isSetjmpCall, "jmp.saved", SaveAt::Call);
}

} // namespace popcorn
