//===- closed_expression.h - values a back end makes from nothing ---------===//
//
// A closed expression is a tree of instructions without side effects whose
// leaves name no value of the program: constants, addresses of symbols,
// constant-pool loads. It gives the same value wherever it is computed, so it
// need not be in a frame map: it can be computed again. Every other value is an
// IR value and is redefined by the call sites it is live across.
//
//===----------------------------------------------------------------------===//
#ifndef POPCORN_CODEGEN_CLOSED_EXPRESSION_H
#define POPCORN_CODEGEN_CLOSED_EXPRESSION_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/CodeGen/MachineBasicBlock.h"
#include "llvm/CodeGen/Register.h"

namespace llvm {
class MachineFunction;
class MachineInstr;
class MachineRegisterInfo;
class TargetInstrInfo;
class TargetRegisterInfo;
} // namespace llvm

namespace popcorn {

// The function must be in machine SSA form.
class ClosedExpressions {
public:
  explicit ClosedExpressions(llvm::MachineFunction &MF);

  // The register whose definition computes Reg's value from nothing: Reg
  // itself, or an operand if Reg is a phi of equal expressions (tail
  // duplication makes those). Invalid if Reg is not closed.
  llvm::Register root(llvm::Register Reg);

  // Computes the closed Reg anew just before Where, or a little earlier but
  // after Limit if flags are live there. Returns the new register, of a class
  // that fits every use of Reg; invalid if there is no such place.
  llvm::Register clone(llvm::Register Reg, llvm::MachineBasicBlock &MBB,
                       llvm::MachineBasicBlock::iterator Where,
                       llvm::MachineBasicBlock::iterator Limit);

  unsigned clonedInstructions() const { return Cloned; }

private:
  llvm::MachineFunction &MF;
  llvm::MachineRegisterInfo &MRI;
  const llvm::TargetInstrInfo &TII;
  const llvm::TargetRegisterInfo &TRI;
  llvm::DenseMap<llvm::Register, llvm::Register> Roots;
  unsigned Cloned = 0;

  bool destroys(const llvm::MachineInstr &Orig,
                const llvm::MachineBasicBlock &MBB,
                llvm::MachineBasicBlock::const_iterator Where) const;
  llvm::MachineInstr *copyTo(const llvm::MachineInstr &Orig, llvm::Register New,
                             llvm::MachineBasicBlock &MBB,
                             llvm::MachineBasicBlock::iterator Where);
  llvm::MachineInstr *copyDefinition(llvm::Register Root, llvm::Register New,
                                     llvm::MachineBasicBlock &MBB,
                                     llvm::MachineBasicBlock::iterator Where,
                                     llvm::MachineBasicBlock::iterator Limit);
  llvm::Register compute(llvm::Register Reg);
  llvm::Register phiRoot(const llvm::MachineInstr &Phi);
  bool isPure(const llvm::MachineInstr &MI) const;
  bool isClosedLeaf(const llvm::MachineInstr &MI,
                    const llvm::MachineOperand &MO) const;
  bool same(llvm::Register A, llvm::Register B, unsigned Depth);
};

} // namespace popcorn

#endif
