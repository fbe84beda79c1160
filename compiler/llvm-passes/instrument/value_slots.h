// Redefining SSA values: a value gets a slot, its uses become loads, whoever
// redefines it stores, and promotion makes SSA of it again.
#ifndef POPCORN_COMPILER_INSTRUMENT_VALUE_SLOTS_H
#define POPCORN_COMPILER_INSTRUMENT_VALUE_SLOTS_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/Instructions.h"

namespace popcorn {

// Where V, a value of F, can be used first.
llvm::Instruction *firstAfter(llvm::Value *V, llvm::Function &F);

class ValueSlots {
public:
  explicit ValueSlots(llvm::Function &F) : F(F) {}

  // From here on all uses of V read the slot. Wide: the slot holds a small
  // integer zero-extended to i64, so that it need not be extended again
  // before each call.
  void demote(llvm::Value *V, bool Wide = false);
  // V itself may be gone by now: it is only a name here.
  llvm::Type *type(const llvm::Value *V) const {
    return Slots.lookup(const_cast<llvm::Value *>(V))
        .Alloca->getAllocatedType();
  }
  // V as it is in the slot (i64 if wide) just before Where.
  llvm::Value *read(llvm::Value *V, llvm::Instruction *Where);
  void write(llvm::Value *V, llvm::Value *New, llvm::Instruction *Where);
  // Back to SSA; the slots are gone.
  void promote();

private:
  struct Slot {
    llvm::AllocaInst *Alloca = nullptr;
    bool Wide = false;
  };
  llvm::Function &F;
  llvm::MapVector<llvm::Value *, Slot> Slots;
  llvm::SmallVector<llvm::Instruction *, 32> Conversions;

  llvm::Value *load(const Slot &S, llvm::Type *T, llvm::Instruction *Where);
  llvm::AllocaInst *newAlloca(llvm::Type *T);
  void replaceUses(llvm::Value *V, const Slot &S);
  void storeDefinition(llvm::Value *V, const Slot &S);
  void foldConversions();
};

} // namespace popcorn

#endif
