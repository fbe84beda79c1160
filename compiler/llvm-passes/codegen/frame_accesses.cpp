//===- frame_accesses.cpp - stores of outgoing arguments name the frame ---===//
//
// The verifier follows stack slots by memory operands: after frame layout an
// instruction that uses the stack pointer says nothing else about which object
// it touches. Stores of outgoing arguments lose theirs when neighbours are
// merged to a wider store. Before frame layout nothing else is addressed from
// the stack pointer itself: all objects of the frame are frame indices, whose
// accesses have kept their operands (vector elements with a variable index,
// which have not, go through memory of ours: ../instrument/vector_index.cpp).
//
//===----------------------------------------------------------------------===//
#include "passes.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineMemOperand.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/PseudoSourceValue.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

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

// Is this the stack pointer or, in machine SSA form, a copy of it?
static bool isStackPointer(const MachineOperand &MO,
                           const MachineRegisterInfo &MRI,
                           Register StackPointer) {
  if (!MO.isReg() || !MO.isUse() || MO.isImplicit())
    return false;
  if (!MO.getReg().isVirtual())
    return MO.getReg() == StackPointer;
  const MachineInstr *Definition = MRI.getVRegDef(MO.getReg());
  return Definition && Definition->isCopy() &&
         Definition->getOperand(1).getReg() == StackPointer;
}

static void nameAccess(MachineFunction &MF, MachineInstr &MI,
                       Register StackPointer) {
  auto Flags = MachineMemOperand::MONone;
  if (MI.mayLoad())
    Flags |= MachineMemOperand::MOLoad;
  if (MI.mayStore())
    Flags |= MachineMemOperand::MOStore;
  for (const MachineOperand &MO : MI.operands())
    if (isStackPointer(MO, MF.getRegInfo(), StackPointer))
      MI.addMemOperand(MF, MF.getMachineMemOperand(
                               MachinePointerInfo::getStack(MF, 0), Flags,
                               LocationSize::beforeOrAfterPointer(), Align(1)));
}

void nameFrameAccesses(MachineFunction &MF) {
  Register StackPointer = MF.getSubtarget()
                              .getTargetLowering()
                              ->getStackPointerRegisterToSaveRestore();
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB)
      if (MI.mayLoadOrStore() && !MI.isCall() && !namesObject(MI))
        nameAccess(MF, MI, StackPointer);
}

} // namespace popcorn
