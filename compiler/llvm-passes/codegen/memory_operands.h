//===- memory_operands.h - which operands of a load or store are addresses ===//
#ifndef POPCORN_CODEGEN_MEMORY_OPERANDS_H
#define POPCORN_CODEGEN_MEMORY_OPERANDS_H

#include "llvm/CodeGen/Register.h"

namespace llvm {
class MCInstrDesc;
class TargetRegisterInfo;
} // namespace llvm

namespace popcorn {

struct IsaTarget;

// Is operand Number of an instruction that accesses memory a part of the
// address (base, index, offset), and no data? False if the target does not say:
// the operand is then taken for data. Tests go through all instructions of each
// ISA (tests/compiler/codegen/memory_forms.cpp).
bool isAddressOperand(const IsaTarget &Isa, const llvm::MCInstrDesc &Desc,
                      unsigned Number, const llvm::TargetRegisterInfo &TRI,
                      llvm::Register StackPointer);

} // namespace popcorn

#endif
