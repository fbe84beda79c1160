//===- plant.cpp - deliberate defects for tests ---------------------------===//
//
// Most run after register allocation, just before the verifier, which must
// report them: the code is never written. Two make values wrong that are
// described all the same, for tests that run what was built.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstrBuilder.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Statepoint.h"

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
  SmallVector<int, 8> slotsOf(MachineInstr &Site);
  bool shareSlot(MachineInstr &Site);
  bool swapReload(MachineInstr &Site, ArrayRef<int> Slots);
  void readFrom(MachineInstr &Load, int Slot);
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
    Site.getOperand(Index).setIndex(MFI.CreateSpillStackObject(8, Align(8)));
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
  if (What == Fault::WrongSlot) {
    SmallVector<int, 8> Slots = slotsOf(Site);
    if (Slots.size() > 1 && Slots[0] != Slots[1])
      swapReload(Site, Slots);
    return;
  }
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

SmallVector<int, 8> Planter::slotsOf(MachineInstr &Site) {
  SmallVector<LiveValue, 16> Values;
  liveValues(Site, Values);
  SmallVector<int, 8> Slots;
  for (const LiveValue &V : Values)
    if (V.Where == LiveValue::InSlot && Site.getOperand(V.OperandIndex).isFI())
      Slots.push_back(Site.getOperand(V.OperandIndex).getIndex());
  return Slots;
}

// The second of Site's slots is the first, all over the function.
bool Planter::shareSlot(MachineInstr &Site) {
  SmallVector<int, 8> Slots = slotsOf(Site);
  if (Slots.size() < 2)
    return false;
  auto IsIn = [](const MachineMemOperand *MMO, int Slot) {
    auto *Object =
        dyn_cast_or_null<FixedStackPseudoSourceValue>(MMO->getPseudoValue());
    return Object && Object->getFrameIndex() == Slot;
  };
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB) {
      for (MachineOperand &MO : MI.operands())
        if (MO.isFI() && MO.getIndex() == Slots[1])
          MO.setIndex(Slots[0]);
      SmallVector<MachineMemOperand *, 2> Accesses(MI.memoperands());
      for (MachineMemOperand *&MMO : Accesses)
        if (IsIn(MMO, Slots[1]))
          MMO = MF.getMachineMemOperand(
              MMO, MachinePointerInfo::getFixedStack(MF, Slots[0]),
              MMO->getType());
      if (!Accesses.empty())
        MI.setMemRefs(MF, Accesses);
    }
  return true;
}

// A reload of one of Site's slots, reached from there alone and not behind
// another call site, is made from another of its slots. True if there is one.
bool Planter::swapReload(MachineInstr &Site, ArrayRef<int> Slots) {
  SmallSetVector<MachineBasicBlock *, 16> Blocks;
  Blocks.insert(Site.getParent());
  for (unsigned K = 0; K < Blocks.size(); ++K) {
    auto I = K == 0 ? std::next(Site.getIterator()) : Blocks[K]->begin();
    auto End = Blocks[K]->end();
    for (; I != End && !isStatepoint(*I); ++I)
      if (int Slot;
          TII.isLoadFromStackSlot(*I, Slot) && is_contained(Slots, Slot)) {
        readFrom(*I, Slot == Slots[0] ? Slots[1] : Slots[0]);
        return true;
      }
    if (I == End)
      for (MachineBasicBlock *Next : Blocks[K]->successors())
        if (Next->pred_size() == 1)
          Blocks.insert(Next);
  }
  return false;
}

void Planter::readFrom(MachineInstr &Load, int Slot) {
  for (MachineOperand &MO : Load.operands())
    if (MO.isFI())
      MO.setIndex(Slot);
  Load.setMemRefs(
      MF, {MF.getMachineMemOperand(MachinePointerInfo::getFixedStack(MF, Slot),
                                   MachineMemOperand::MOLoad,
                                   LocationSize::precise(8), Align(8))});
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
      if (isStatepoint(MI)) {
        if (What == Fault::SharedSlot && shareSlot(MI))
          return;
        plantAt(What, MI);
      }
}

static bool swapRelocates(GCStatepointInst &Site) {
  GCRelocateInst *First = nullptr;
  for (User *U : Site.users()) {
    auto *Relocate = dyn_cast<GCRelocateInst>(U);
    if (!Relocate || Relocate->use_empty())
      continue;
    if (!First) {
      First = Relocate;
    } else if (First->getDerivedPtr() != Relocate->getDerivedPtr()) {
      for (unsigned Operand : {1, 2}) { // base and derived are the same
        Value *Index = First->getArgOperand(Operand);
        First->setArgOperand(Operand, Relocate->getArgOperand(Operand));
        Relocate->setArgOperand(Operand, Index);
      }
      return true;
    }
  }
  return false;
}

void plantWrongRelocates(Module &M) {
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *Site = dyn_cast<GCStatepointInst>(&I))
        if (swapRelocates(*Site))
          break;
}

void plantFault(MachineFunction &MF, Fault What) { Planter{MF}.plant(What); }

} // namespace popcorn
