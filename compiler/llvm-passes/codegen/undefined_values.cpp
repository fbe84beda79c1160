//===- undefined_values.cpp - live values that nothing defines ------------===//
//
// A vector of which only some elements are set is live as a whole: the pieces of
// the rest are undefined, and selection finds that out, on one ISA or on all. Any
// value would do for them, but the allocator gives them a register or a slot
// that nobody writes, which nobody could tell from a lost value. They become
// zero, so that what a record lists has always been written, and a move carries
// no leftovers.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineInstrBuilder.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

namespace popcorn {

// Through copies and phis: is every definition an IMPLICIT_DEF?
static bool isUndefined(Register Reg, const MachineRegisterInfo &MRI,
                        SmallSet<Register, 8> &Seen) {
  if (!Reg.isVirtual() || !MRI.hasOneDef(Reg))
    return false;
  if (!Seen.insert(Reg).second)
    return true; // a cycle adds nothing
  const MachineInstr &Def = *MRI.getVRegDef(Reg);
  if (Def.isImplicitDef())
    return true;
  if (Def.isCopy())
    return isUndefined(Def.getOperand(1).getReg(), MRI, Seen);
  if (!Def.isPHI())
    return false;
  for (unsigned I = 1; I + 1 < Def.getNumOperands(); I += 2)
    if (!Def.getOperand(I).isUndef() &&
        !isUndefined(Def.getOperand(I).getReg(), MRI, Seen))
      return false;
  return true;
}

// Just before Site. A target clears physical registers only: one that the call
// neither reads nor preserves. 0 if there is none.
static Register makeZero(MachineInstr &Site, const TargetRegisterClass &Class) {
  MachineBasicBlock &MBB = *Site.getParent();
  MachineFunction &MF = *MBB.getParent();
  MachineRegisterInfo &MRI = MF.getRegInfo();
  const TargetRegisterInfo &TRI = *MF.getSubtarget().getRegisterInfo();
  const TargetInstrInfo &TII = *MF.getSubtarget().getInstrInfo();
  for (MCPhysReg Free : Class.getRawAllocationOrder(MF)) {
    if (MRI.isReserved(Free) ||
        MBB.computeRegisterLiveness(&TRI, Free, Site, 1) !=
            MachineBasicBlock::LQR_Dead)
      continue;
    DebugLoc None;
    TII.buildClearRegister(Free, MBB, Site, None, /*AllowSideEffects=*/false);
    Register Zero = MRI.createVirtualRegister(&Class);
    BuildMI(MBB, Site, None, TII.get(TargetOpcode::COPY), Zero)
        .addReg(Free, RegState::Kill);
    return Zero;
  }
  return Register();
}

static void defineLiveValues(MachineInstr &Site, MachineRegisterInfo &MRI) {
  SmallVector<LiveValue, 16> Values;
  liveValues(Site, Values);
  for (const LiveValue &V : Values) {
    if (V.Where != LiveValue::InRegister)
      continue;
    MachineOperand &MO = Site.getOperand(V.OperandIndex);
    SmallSet<Register, 8> Seen;
    if (!MO.isUndef() && !isUndefined(MO.getReg(), MRI, Seen))
      continue;
    Register Zero = makeZero(Site, *MRI.getRegClass(MO.getReg()));
    if (!Zero) // the verifier will say so
      continue;
    MO.setReg(Zero);
    MO.setIsUndef(false);
    ++attempt().Counts[NumUndefined];
  }
}

void defineLiveValues(MachineFunction &MF) {
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB)
      if (isStatepoint(MI))
        defineLiveValues(MI, MF.getRegInfo());
}

} // namespace popcorn
