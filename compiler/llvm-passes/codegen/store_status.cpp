//===- store_status.cpp - a store says whether it was done ----------------===//
//
// A store-exclusive gives its status in a register, and what follows repeats it
// if it failed. Given to a register that always reads the same (AArch64's zero
// register) the status is lost, and with it, now and then, a store: LLVM 19 did
// so to the pseudo instructions of compare-and-swap (docs/codegen.md). Runs as
// the last pass before code is written, on every function. It asks for no
// opcode: a status is the register that a store defines before it has read its
// operands ("early clobber": the architecture wants it to be another register
// than they are).
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

namespace popcorn {

void verifyStoreStatus(const MachineFunction &MF) {
  const TargetRegisterInfo &TRI = *MF.getSubtarget().getRegisterInfo();
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB) {
      if (!MI.mayStore() || MI.isCall())
        continue;
      for (unsigned I = 0; I < MI.getNumExplicitDefs(); ++I)
        if (MI.getDesc().getOperandConstraint(I, MCOI::EARLY_CLOBBER) != -1 &&
            TRI.isConstantPhysReg(MI.getOperand(I).getReg()))
          addViolation(MF, nullptr,
                       "a store's status is lost: " + printInstr(MI));
    }
}

} // namespace popcorn
