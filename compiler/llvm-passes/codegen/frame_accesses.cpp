//===- frame_accesses.cpp - a memory operand for each access to the frame -===//
//
// The verifier follows stack slots by memory operands: after frame layout an
// instruction that uses the stack pointer says nothing else about which object
// it touches. A vector element chosen by a variable goes through a stack
// temporary, and instruction selection folds the indexed load of it into other
// instructions with an operand that names no object. Here frame indices are
// still visible: the access is to that object, somewhere.
//
//===----------------------------------------------------------------------===//
#include "passes.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineMemOperand.h"
#include "llvm/CodeGen/PseudoSourceValue.h"

using namespace llvm;

namespace popcorn {

static bool namesObject(const MachineInstr &MI) {
  for (const MachineMemOperand *MMO : MI.memoperands()) {
    const PseudoSourceValue *Source = MMO->getPseudoValue();
    if (Source && Source->isStack())
      return true;
    if (isa_and_nonnull<FixedStackPseudoSourceValue>(Source))
      return true;
  }
  return false;
}

void nameFrameAccesses(MachineFunction &MF) {
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB) {
      if (!MI.mayLoadOrStore() || MI.isCall() || namesObject(MI))
        continue;
      auto Flags = MachineMemOperand::MONone;
      if (MI.mayLoad())
        Flags |= MachineMemOperand::MOLoad;
      if (MI.mayStore())
        Flags |= MachineMemOperand::MOStore;
      for (const MachineOperand &MO : MI.operands())
        if (MO.isFI())
          MI.addMemOperand(
              MF, MF.getMachineMemOperand(
                      MachinePointerInfo::getFixedStack(MF, MO.getIndex()),
                      Flags, LocationSize::beforeOrAfterPointer(), Align(1)));
    }
}

} // namespace popcorn
