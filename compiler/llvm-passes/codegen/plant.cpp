//===- plant.cpp - deliberate defects for tests of the verifier -----------===//
//
// Run after register allocation, just before the verifier. The code is never
// written: each defect is one that the verifier must report.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstrBuilder.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

namespace popcorn {

namespace {
struct Planter {
  MachineFunction &MF;
  MachineFrameInfo &MFI = MF.getFrameInfo();
  const TargetInstrInfo &TII = *MF.getSubtarget().getInstrInfo();
  const TargetRegisterInfo &TRI = *MF.getSubtarget().getRegisterInfo();
  Register StackPointer = MF.getSubtarget()
                              .getTargetLowering()
                              ->getStackPointerRegisterToSaveRestore();

  void plant(Fault What);
  void plantAt(Fault What, MachineInstr &Site);
  void plantInRegister(Fault What, MachineInstr &Site, unsigned Index);
  bool plantInSlot(Fault What, MachineInstr &Site, unsigned Index);
  void dropMemoryOperands();
  const TargetRegisterClass *classOf(Register Reg) const {
    return TRI.getMinimalPhysRegClass(Reg);
  }
};
} // namespace

void Planter::plantInRegister(Fault What, MachineInstr &Site, unsigned Index) {
  MachineOperand &Use = Site.getOperand(Index);
  if (!Use.isTied())
    return;
  Register Reg = Use.getReg();
  MachineBasicBlock &MBB = *Site.getParent();
  switch (What) {
  case Fault::UnlistedRegister:
    return Site.untieRegOperand(Index);
  case Fault::UnwrittenRegister:
    return Use.setIsUndef();
  case Fault::LostRegister:
    for (MachineOperand &MO : Site.operands())
      if (MO.isRegMask())
        MO.setRegMask(TRI.getNoPreservedMask());
    return;
  case Fault::FrameAddress:
  case Fault::EscapedAddress:
    BuildMI(MBB, Site, DebugLoc(), TII.get(TargetOpcode::COPY), Reg)
        .addReg(StackPointer);
    if (What == Fault::EscapedAddress) { // stored to memory that has no name
      int Slot = MFI.CreateSpillStackObject(8, Align(8));
      TII.storeRegToStackSlot(MBB, Site, Reg, false, Slot, classOf(Reg), &TRI,
                              Register());
      std::prev(Site.getIterator())
          ->setMemRefs(MF, {MF.getMachineMemOperand(
                               MachinePointerInfo(), MachineMemOperand::MOStore,
                               LocationSize::precise(8), Align(8))});
    }
    return;
  case Fault::LateArgument:
    TII.loadRegFromStackSlot(MBB, std::next(Site.getIterator()), Reg,
                             MFI.CreateFixedObject(8, 0, true), classOf(Reg),
                             &TRI, Register());
    return;
  default:
    return;
  }
}

// The operands behind it move: they are tied again.
static void removeOperand(MachineInstr &Site, unsigned Index) {
  SmallVector<std::pair<unsigned, unsigned>, 16> Ties; // definition, use
  for (unsigned Def = 0; Def < Site.getNumExplicitDefs(); ++Def)
    if (Site.getOperand(Def).isTied())
      Ties.push_back({Def, Site.findTiedOperandIdx(Def)});
  for (auto [Def, Use] : Ties)
    Site.untieRegOperand(Use);
  Site.removeOperand(Index);
  for (auto [Def, Use] : Ties)
    Site.tieOperands(Def, Use > Index ? Use - 1 : Use);
}

// True if one of the site's values is enough.
bool Planter::plantInSlot(Fault What, MachineInstr &Site, unsigned Index) {
  if (!Site.getOperand(Index).isFI())
    return false;
  if (What == Fault::DropSlot) {
    Site.getOperand(Index).setIndex(
        MFI.CreateSpillStackObject(8, Align(8)));
    return true;
  }
  if (What == Fault::SlotAddress) {
    Site.getOperand(Index - 2).setImm(StackMaps::DirectMemRefOp);
    removeOperand(Site, Index - 1); // the size
    return true;
  }
  return false;
}

void Planter::plantAt(Fault What, MachineInstr &Site) {
  SmallVector<LiveValue, 16> Values;
  liveValues(Site, Values);
  for (const LiveValue &V : reverse(Values))
    if (V.Where == LiveValue::InRegister)
      plantInRegister(What, Site, V.OperandIndex);
    else if (V.Where == LiveValue::InSlot &&
             plantInSlot(What, Site, V.OperandIndex))
      break;
  if (What == Fault::MovingStack)
    BuildMI(*Site.getParent(), Site, DebugLoc(),
            TII.get(TargetOpcode::IMPLICIT_DEF), StackPointer);
}

void Planter::dropMemoryOperands() {
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB)
      if (!MI.isCall())
        MI.dropMemRefs(MF);
}

void Planter::plant(Fault What) {
  if (What == Fault::LargeFrame)
    MFI.CreateStackObject(70000, Align(8), false);
  else if (What == Fault::VariableFrame)
    MFI.CreateVariableSizedObject(Align(8), nullptr);
  else if (What == Fault::UnknownAccess)
    dropMemoryOperands();
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : make_early_inc_range(MBB))
      if (isStatepoint(MI))
        plantAt(What, MI);
}

void plantFault(MachineFunction &MF, Fault What) { Planter{MF}.plant(What); }

} // namespace popcorn
