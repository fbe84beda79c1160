//===- verify.cpp - a frame map is never hoped to be right ----------------===//
//
// Runs twice on every function that has call sites: right after register
// allocation (where the defining instruction is still easy to name), and as the
// last pass before code is written. It knows nothing of how the code came to
// be: it computes liveness of registers and of stack slots anew from the
// instructions. At each STATEPOINT:
//   1. a register that is live across it is redefined by it, and the record
//      names that register;
//   2. a stack slot that is live across it is in the record;
//   3. what the record names holds a value: a register that has been written and
//      that the call preserves, or a slot of this frame that has been stored to;
//   4. nothing reads incoming arguments from the stack after a STATEPOINT: a
//      move does not take the caller's argument area along;
//   5. the frame has one size, and a STATEPOINT never sees another;
//   6. each access to the frame says which object it is of;
//   7. no STATEPOINT is given the address of a frame object;
//   8. no two values of a record are in one place.
// Callee-saved registers in their save slots belong to call-frame information.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/InitializePasses.h"
#include "llvm/PassRegistry.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace llvm;

namespace popcorn {

// A record counts its locations in 16 bits: three of the header, two per value.
static const unsigned MaxLiveValues = (65535 - 3) / 2;
// Offsets of larger frames do not fit what reads the records.
static const uint64_t MaxFrameBytes = 65535;

// Rule 5.
static void verifyFrame(const MachineFunction &MF) {
  const MachineFrameInfo &MFI = MF.getFrameInfo();
  const TargetSubtargetInfo &ST = MF.getSubtarget();
  if (MFI.hasVarSizedObjects())
    addViolation(MF, nullptr, "the frame has an object of variable size");
  if (ST.getRegisterInfo()->hasStackRealignment(MF))
    addViolation(MF, nullptr,
                 "the frame is realigned, for an object aligned to " +
                     std::to_string(MFI.getMaxAlign().value()) + " bytes");
  if (MFI.getStackSize() > MaxFrameBytes)
    addTooLarge(MF, nullptr,
                "the frame has " + std::to_string(MFI.getStackSize()) +
                    " bytes, the most is " + std::to_string(MaxFrameBytes));
  Register SP = ST.getTargetLowering()->getStackPointerRegisterToSaveRestore();
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB)
      if (!MI.isCall() && !MI.getFlag(MachineInstr::FrameSetup) &&
          !MI.getFlag(MachineInstr::FrameDestroy) &&
          MI.modifiesRegister(SP, ST.getRegisterInfo()))
        addViolation(MF, nullptr,
                     "the stack pointer moves inside the function: " +
                         printInstr(MI));
}

// Rule 3 for registers, and the counters.
static void verifyRecord(const MachineFunction &MF, const MachineInstr &MI) {
  SmallVector<LiveValue, 16> Values;
  if (!liveValues(MI, Values)) {
    addViolation(MF, &MI,
                 "a live value is the address of a stack slot: " +
                     printInstr(MI));
    return;
  }
  if (!attempt().Recorded.contains(uint32_t(StatepointOpers(&MI).getID())))
    addViolation(MF, &MI, "its live values were not compared between ISAs");
  Counters &Counts = attempt().Counts;
  ++Counts[NumStatepoints];
  Counts[NumLiveValues] += Values.size();
  if (Values.size() > MaxLiveValues)
    addTooLarge(MF, &MI,
                std::to_string(Values.size()) + " live values, the most is " +
                    std::to_string(MaxLiveValues));
  const uint32_t *Preserved = nullptr;
  for (const MachineOperand &MO : MI.operands())
    if (MO.isRegMask())
      Preserved = MO.getRegMask();
  const TargetRegisterInfo &TRI = *MF.getSubtarget().getRegisterInfo();
  for (const LiveValue &V : Values) {
    Counts[NumLiveInRegister] += V.Where == LiveValue::InRegister;
    Counts[NumLiveInSlot] += V.Where == LiveValue::InSlot;
    Counts[NumLiveConstant] += V.Where == LiveValue::Constant;
    if (V.Where != LiveValue::InRegister)
      continue;
    const MachineOperand &MO = MI.getOperand(V.OperandIndex);
    if (!MO.isTied() || MO.isUndef())
      continue; // not used after the call
    if (!Preserved || MachineOperand::clobbersPhysReg(Preserved, MO.getReg()))
      addViolation(MF, &MI,
                   std::string("live value in ") + TRI.getName(MO.getReg()) +
                       ", which the callee may overwrite");
  }
}

static bool hasStatepoint(const MachineFunction &MF) {
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB)
      if (isStatepoint(MI))
        return true;
  return false;
}

static void verify(const MachineFunction &MF, bool Final) {
  auto Start = std::chrono::steady_clock::now();
  if (hasStatepoint(MF)) {
    verifyRegisters(MF);
    verifySlots(MF);
    verifyAddresses(MF);
    if (Final) {
      verifyFrame(MF);
      for (const MachineBasicBlock &MBB : MF)
        for (const MachineInstr &MI : MBB)
          if (isStatepoint(MI))
            verifyRecord(MF, MI);
    }
  }
  attempt().Counts[NumMicrosVerify] +=
      std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::steady_clock::now() - Start)
          .count();
}

} // namespace popcorn

namespace {
struct VerifyAllocation : MachineFunctionPass {
  static char ID;
  VerifyAllocation() : MachineFunctionPass(ID) {}
  StringRef getPassName() const override {
    return "Popcorn frame map verifier, after register allocation";
  }
  void getAnalysisUsage(AnalysisUsage &AU) const override {
    AU.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(AU);
  }
  bool runOnMachineFunction(MachineFunction &MF) override {
    popcorn::Fault Planted = popcorn::attempt().Opts->PlantedFault;
    popcorn::plantFault(MF, Planted);
    popcorn::verify(MF, /*Final=*/false);
    return Planted != popcorn::Fault::None;
  }
};

struct VerifyFinal : MachineFunctionPass {
  static char ID;
  VerifyFinal() : MachineFunctionPass(ID) {}
  StringRef getPassName() const override {
    return "Popcorn frame map verifier, final";
  }
  void getAnalysisUsage(AnalysisUsage &AU) const override {
    AU.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(AU);
  }
  bool runOnMachineFunction(MachineFunction &MF) override {
    popcorn::verify(MF, /*Final=*/true);
    popcorn::verifyStoreStatus(MF);
    return false;
  }
};
} // namespace

char VerifyAllocation::ID = 0;
char VerifyFinal::ID = 0;
INITIALIZE_PASS(VerifyAllocation, "popcorn-verify",
                "Popcorn frame map verifier", false, true)
char &popcorn::VerifyAllocationID = VerifyAllocation::ID;

FunctionPass *popcorn::createVerifyFinalPass() { return new VerifyFinal(); }
