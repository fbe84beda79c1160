//===- closed_expression.cpp - find and copy closed expressions -----------===//
//
// See closed_expression.h.
//
//===----------------------------------------------------------------------===//
#include "closed_expression.h"
#include "codegen.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineInstrBuilder.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/PseudoSourceValue.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

namespace popcorn {

ClosedExpressions::ClosedExpressions(MachineFunction &MF)
    : MF(MF), MRI(MF.getRegInfo()), TII(*MF.getSubtarget().getInstrInfo()),
      TRI(*MF.getSubtarget().getRegisterInfo()) {}

// A load that gives the same bytes at any time, and not from the frame: an
// incoming argument is gone after a move.
static bool isConstantLoad(const MachineInstr &MI) {
  if (MI.memoperands_empty() || MI.hasOrderedMemoryRef())
    return false;
  for (const MachineMemOperand *MMO : MI.memoperands()) {
    const PseudoSourceValue *Source = MMO->getPseudoValue();
    if (MMO->isStore() || isa_and_nonnull<FixedStackPseudoSourceValue>(Source))
      return false;
    bool IsPool = Source && (Source->isConstantPool() || Source->isGOT() ||
                             Source->isJumpTable());
    if (!IsPool && !MMO->isInvariant())
      return false;
  }
  return true;
}

bool ClosedExpressions::isPure(const MachineInstr &MI) const {
  if (MI.isPHI() || MI.isCall() || MI.mayStore() || MI.isTerminator() ||
      MI.isPosition() || MI.isInlineAsm() || MI.hasUnmodeledSideEffects() ||
      MI.isConvergent() || MI.isNotDuplicable() || MI.isBundle() ||
      MI.mayRaiseFPException() || MI.isDebugOrPseudoInstr())
    return false;
  return !MI.mayLoad() || isConstantLoad(MI);
}

bool ClosedExpressions::isClosedLeaf(const MachineInstr &MI,
                                     const MachineOperand &MO) const {
  if (!MO.isReg())
    return !MO.isRegMask() && !(MO.isFI() && MI.mayLoad());
  Register Reg = MO.getReg();
  if (!Reg)
    return true;
  if (MO.isDef()) // flags as a by-product nobody looks at
    return Reg.isVirtual() ? !MO.getSubReg() : MO.isDead() && MO.isImplicit();
  if (Reg.isVirtual())
    return false;
  const TargetLowering &TLI = *MF.getSubtarget().getTargetLowering();
  return MRI.isReserved(Reg) &&
         Reg != TLI.getStackPointerRegisterToSaveRestore() &&
         Reg != TRI.getFrameRegister(MF);
}

Register ClosedExpressions::compute(Register Reg) {
  const MachineInstr *MI = MRI.getVRegDef(Reg);
  if (!MI || !MRI.hasOneDef(Reg))
    return Register();
  if (MI->isPHI())
    return phiRoot(*MI);
  if (!isPure(*MI))
    return Register();
  unsigned VirtualDefs = 0;
  for (const MachineOperand &MO : MI->operands()) {
    if (MO.isReg() && MO.getReg().isVirtual() && MO.isUse()) {
      if (MO.isUndef())
        continue;
      if (!root(MO.getReg()))
        return Register();
      continue;
    }
    if (!isClosedLeaf(*MI, MO))
      return Register();
    VirtualDefs += MO.isReg() && MO.isDef() && MO.getReg().isVirtual();
  }
  return VirtualDefs == 1 ? Reg : Register();
}

Register ClosedExpressions::root(Register Reg) {
  auto [Place, IsNew] = Roots.try_emplace(Reg, Register());
  if (!IsNew)
    return Place->second; // a cycle of phis reads "not closed" here
  Register Result = compute(Reg);
  Roots[Reg] = Result;
  return Result;
}

Register ClosedExpressions::phiRoot(const MachineInstr &Phi) {
  Register First;
  for (unsigned I = 1; I + 1 < Phi.getNumOperands(); I += 2) {
    const MachineOperand &In = Phi.getOperand(I);
    if (In.isUndef() || In.getReg() == Phi.getOperand(0).getReg())
      continue;
    Register Root = In.getSubReg() ? Register() : root(In.getReg());
    if (!Root || (First && !same(First, Root, 0)))
      return Register();
    if (!First)
      First = Root;
  }
  return First;
}

bool ClosedExpressions::same(Register A, Register B, unsigned Depth) {
  if (A == B)
    return true;
  const MachineInstr *X = MRI.getVRegDef(A), *Y = MRI.getVRegDef(B);
  if (Depth > 8 || !X || !Y || X->getOpcode() != Y->getOpcode() ||
      X->getNumOperands() != Y->getNumOperands())
    return false;
  for (unsigned I = 0; I < X->getNumOperands(); ++I) {
    const MachineOperand &P = X->getOperand(I), &Q = Y->getOperand(I);
    bool BothVirtual = P.isReg() && Q.isReg() && P.getReg().isVirtual() &&
                       Q.getReg().isVirtual();
    if (!BothVirtual) {
      if (!P.isIdenticalTo(Q))
        return false;
      continue;
    }
    if (P.isDef() != Q.isDef() || P.getSubReg() != Q.getSubReg())
      return false;
    if (P.isDef() ? MRI.getRegClass(P.getReg()) != MRI.getRegClass(Q.getReg())
                  : !same(root(P.getReg()), root(Q.getReg()), Depth + 1))
      return false;
  }
  return true;
}

// The registers that Orig defines by the way (flags) and that are live before
// Where: a plain copy would destroy them.
bool ClosedExpressions::destroys(
    const MachineInstr &Orig, const MachineBasicBlock &MBB,
    MachineBasicBlock::const_iterator Where) const {
  return any_of(Orig.all_defs(), [&](const MachineOperand &MO) {
    return MO.getReg().isPhysical() &&
           MBB.computeRegisterLiveness(&TRI, MO.getReg(), Where,
                                       /*Neighborhood=*/~0u) !=
               MachineBasicBlock::LQR_Dead;
  });
}

// A copy of Orig just before Where. Where flags that it destroys are live there
// may be another form that leaves them alone: reMaterialize() makes one, but it
// is defined for what isTriviallyReMaterializable() accepts and for nothing else
// (X86's makes a load of an arbitrary constant out of any other instruction).
// Null if there is none.
MachineInstr *ClosedExpressions::copyTo(const MachineInstr &Orig, Register New,
                                        MachineBasicBlock &MBB,
                                        MachineBasicBlock::iterator Where) {
  Register Old = Orig.getOperand(0).getReg();
  if (!destroys(Orig, MBB, Where)) {
    MachineInstr *Copy = MF.CloneMachineInstr(&Orig);
    Copy->substituteRegister(Old, New, 0, TRI);
    MBB.insert(Where, Copy);
    return Copy;
  }
  if (!TII.isTriviallyReMaterializable(Orig))
    return nullptr;
  TII.reMaterialize(MBB, Where, New, 0, Orig, TRI);
  MachineInstr &Copy = *std::prev(Where);
  if (none_of(Orig.all_defs(), [&](const MachineOperand &MO) {
        return MO.getReg().isPhysical() &&
               Copy.modifiesRegister(MO.getReg(), &TRI);
      }))
    return &Copy;
  Copy.eraseFromParent();
  return nullptr;
}

// Copies the one instruction that defines Root to just before Where, or before
// an earlier place after Limit if flags that it destroys are live there.
MachineInstr *ClosedExpressions::copyDefinition(
    Register Root, Register New, MachineBasicBlock &MBB,
    MachineBasicBlock::iterator Where, MachineBasicBlock::iterator Limit) {
  const MachineInstr &Orig = *MRI.getVRegDef(Root);
  while (true) {
    if (MachineInstr *Copy = copyTo(Orig, New, MBB, Where))
      return Copy;
    if (Where == Limit)
      return nullptr;
    --Where;
  }
}

static void plantWrongConstant(MachineInstr &Copy) {
  if (!Copy.isMoveImmediate())
    return;
  for (MachineOperand &MO : Copy.explicit_uses())
    if (MO.isImm())
      return MO.setImm(MO.getImm() + 1);
}

Register ClosedExpressions::clone(Register Reg, MachineBasicBlock &MBB,
                                  MachineBasicBlock::iterator Where,
                                  MachineBasicBlock::iterator Limit) {
  Register Root = root(Reg);
  Register New = MRI.createVirtualRegister(MRI.getRegClass(Root));
  MachineInstr *Copy = copyDefinition(Root, New, MBB, Where, Limit);
  if (!Copy)
    return Register();
  if (attempt().Opts->PlantedFault == Fault::WrongRemat)
    plantWrongConstant(*Copy);
  Copy->clearKillInfo();
  Copy->setDebugLoc(DebugLoc()); // it belongs to no line
  ++Cloned;
  // A phi may have another register class than what flows into it.
  Register Result = New;
  if (!MRI.constrainRegClass(New, MRI.getRegClass(Reg))) {
    Result = MRI.createVirtualRegister(MRI.getRegClass(Reg));
    BuildMI(MBB, std::next(Copy->getIterator()), DebugLoc(),
            TII.get(TargetOpcode::COPY), Result)
        .addReg(New);
  }
  for (MachineOperand &MO : Copy->all_uses()) {
    if (!MO.getReg().isVirtual() || MO.isUndef())
      continue;
    Register Operand = clone(MO.getReg(), MBB, Copy->getIterator(), Limit);
    if (!Operand) // the verifier will say so if that matters
      continue;
    MO.setReg(Operand);
    MO.setIsKill(false);
  }
  return Result;
}

} // namespace popcorn
