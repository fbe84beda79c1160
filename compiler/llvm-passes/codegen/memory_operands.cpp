//===- memory_operands.cpp - which operands of an access are addresses ----===//
//
// Targets tell in two ways, and each in one way only (CODEGEN(Addresses, ...) of
// its isa.def): by the operand's type, or by a class of registers with the stack
// pointer in it, which no data register of a load or store is in.
//
//===----------------------------------------------------------------------===//
#include "memory_operands.h"
#include "codegen.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/MC/MCInstrDesc.h"

using namespace llvm;

namespace popcorn {

bool isAddressOperand(const IsaTarget &Isa, const MCInstrDesc &Desc,
                      unsigned Number, const TargetRegisterInfo &TRI,
                      Register StackPointer) {
  if (Number >= Desc.getNumOperands())
    return false; // implicit, or of a variadic pseudo instruction
  const MCOperandInfo &Info = Desc.operands()[Number];
  switch (Isa.Addresses) {
  case AddressMark::OperandType:
    return Info.OperandType == MCOI::OPERAND_MEMORY;
  case AddressMark::StackPointerClass:
    return Info.RegClass >= 0 && !Info.isLookupPtrRegClass() &&
           TRI.getRegClass(Info.RegClass)->contains(StackPointer);
  }
  llvm_unreachable("all values are handled");
}

} // namespace popcorn
