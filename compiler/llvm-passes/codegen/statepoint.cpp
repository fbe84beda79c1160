//===- statepoint.cpp - what a STATEPOINT says ----------------------------===//
//
// Its live values, and itself in words.
//
//===----------------------------------------------------------------------===//
#include "passes.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

bool isStatepoint(const MachineInstr &MI) {
  return MI.getOpcode() == TargetOpcode::STATEPOINT;
}

bool liveValues(const MachineInstr &MI, SmallVectorImpl<LiveValue> &Values) {
  StatepointOpers Opers(&MI);
  unsigned Count = MI.getOperand(Opers.getNumGCPtrIdx()).getImm();
  unsigned Index = Opers.getNumGCPtrIdx() + 1;
  for (unsigned I = 0; I < Count; ++I) {
    const MachineOperand &MO = MI.getOperand(Index);
    if (MO.isReg())
      Values.push_back({LiveValue::InRegister, Index});
    else if (MO.isImm() && MO.getImm() == StackMaps::IndirectMemRefOp)
      Values.push_back({LiveValue::InSlot, Index + 2});
    else if (MO.isImm() && MO.getImm() == StackMaps::ConstantOp)
      Values.push_back({LiveValue::Constant, Index + 1});
    else
      return false;
    Index = StackMaps::getNextMetaArgIdx(&MI, Index);
  }
  return true;
}

std::string printInstr(const MachineInstr &MI) {
  std::string Text;
  raw_string_ostream OS(Text);
  MI.print(OS, /*IsStandalone=*/true, /*SkipOpers=*/false,
           /*SkipDebugLoc=*/true, /*AddNewLine=*/false);
  return Text;
}

std::string describeStatepoint(const MachineInstr &MI) {
  StatepointOpers Opers(&MI);
  std::string Text = "call site " + std::to_string(uint32_t(Opers.getID()));
  const MachineOperand &Target = Opers.getCallTarget();
  if (Target.isGlobal())
    Text += " (calls " + Target.getGlobal()->getName().str() + ")";
  if (const DebugLoc &DL = MI.getDebugLoc())
    Text += " at line " + std::to_string(DL.getLine());
  return Text;
}

} // namespace popcorn
