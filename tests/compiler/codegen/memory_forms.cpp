//===- memory_forms.cpp - every load and store says what its address is ---===//
//
// Goes through all instructions of each ISA that access memory and asks which
// operands are addresses, as the verifier does (memory_operands.h). Prints a line
// for each instruction where the answer is not the plain one: exactly one address
// (with its write-back), and a register of data for a store.
//
//   memory_forms        ISA OPCODE what
//
// memory_forms.sh compares that with memory_forms.list.
//
//===----------------------------------------------------------------------===//
#include "compiler/llvm-passes/codegen/codegen.h"
#include "compiler/llvm-passes/codegen/memory_operands.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace popcorn;

namespace {
struct Operands {
  unsigned AddressUses = 0; // registers
  unsigned AddressDefs = 0; // write-back
  unsigned DataUses = 0, Others = 0;
};

class Forms {
public:
  Forms(const IsaTarget &Isa, const TargetSubtargetInfo &ST)
      : Isa(Isa), TII(*ST.getInstrInfo()), TRI(*ST.getRegisterInfo()),
        StackPointer(
            ST.getTargetLowering()->getStackPointerRegisterToSaveRestore()) {}
  // Prints; returns how many instructions there were.
  unsigned print() const;

private:
  const IsaTarget &Isa;
  const TargetInstrInfo &TII;
  const TargetRegisterInfo &TRI;
  Register StackPointer;

  Operands operandsOf(const MCInstrDesc &Desc) const;
  void printOne(const MCInstrDesc &Desc) const;
};
} // namespace

Operands Forms::operandsOf(const MCInstrDesc &Desc) const {
  Operands O;
  for (unsigned I = 0; I < Desc.getNumOperands(); ++I) {
    bool IsDef = I < Desc.getNumDefs();
    if (isAddressOperand(Isa, Desc, I, TRI, StackPointer))
      ++(IsDef ? O.AddressDefs : O.AddressUses);
    else if (!IsDef && Desc.operands()[I].RegClass >= 0)
      ++O.DataUses;
    else
      ++O.Others;
  }
  return O;
}

void Forms::printOne(const MCInstrDesc &Desc) const {
  Operands O = operandsOf(Desc);
  const char *What = nullptr;
  // X86 has five parts, AArch64 one register, twice with write-back.
  unsigned Parts = Isa.Addresses == AddressMark::OperandType ? 5 : 1;
  if (O.AddressUses == 0)
    What = "no address";
  else if (O.AddressUses != Parts)
    What = "several addresses";
  else if (O.AddressDefs > 1)
    What = "two addresses are written back";
  if (What)
    outs() << Isa.Name << " " << TII.getName(Desc.getOpcode()) << " " << What
           << "\n";
}

unsigned Forms::print() const {
  unsigned Count = 0;
  for (unsigned Opcode = TargetOpcode::GENERIC_OP_END + 1;
       Opcode < TII.getNumOpcodes(); ++Opcode) {
    const MCInstrDesc &Desc = TII.get(Opcode);
    if ((!Desc.mayLoad() && !Desc.mayStore()) || Desc.isCall())
      continue;
    printOne(Desc);
    ++Count;
  }
  return Count;
}

int main() {
  initializeTargets();
  SmallVector<StringRef, 4> Names;
  std::string All = isaNames();
  StringRef(All).split(Names, ", ");
  for (StringRef Name : Names) {
    const IsaTarget &Isa = *findIsa(Name);
    std::string Problem;
    const Target *T = TargetRegistry::lookupTarget(Isa.Triple, Problem);
    std::unique_ptr<TargetMachine> TM(T->createTargetMachine(
        Isa.Triple, Isa.Cpu, Isa.Features, TargetOptions(), Reloc::Static));
    LLVMContext Context;
    Module M("forms", Context);
    M.setDataLayout(TM->createDataLayout());
    Function *F =
        Function::Create(FunctionType::get(Type::getVoidTy(Context), false),
                         GlobalValue::ExternalLinkage, "f", M);
    unsigned Count = Forms(Isa, *TM->getSubtargetImpl(*F)).print();
    errs() << Name << ": " << Count << " instructions access memory\n";
  }
  return 0;
}
