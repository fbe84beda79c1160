//===- verify_slots.cpp - stack slots live across call sites --------------===//
//
// The same two data-flow problems as for registers, over the frame's objects.
// Accesses are known from memory operands, which spill code and instruction
// selection always attach; an access to the frame without one is a violation by
// itself. An object whose address is taken counts as written from the start.
//
//===----------------------------------------------------------------------===//
#include "passes.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineMemOperand.h"
#include "llvm/CodeGen/PseudoSourceValue.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetFrameLowering.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include <deque>

using namespace llvm;

namespace popcorn {

namespace {
// What one instruction does to frame objects.
struct SlotAccess {
  SmallVector<int, 2> Reads, PartialWrites, FullWrites, Addresses;
  bool Unknown = false; // touches the frame, but not known where
};

class SlotVerifier {
public:
  SlotVerifier(const MachineFunction &MF, bool Final);
  void run();

private:
  const MachineFunction &MF;
  const MachineFrameInfo &MFI;
  const TargetFrameLowering &TFL;
  const TargetRegisterInfo &TRI;
  bool Final;
  int First; // frame index of bit 0
  unsigned Count;
  BitVector Ignored, Taken; // save slots; address taken
  std::vector<BitVector> LiveIn, DefinedOut; // by block number
  BitVector AfterSite;                       // blocks: a site may have run
  Register StackPointer;

  unsigned bit(int FrameIndex) const { return FrameIndex - First; }
  int described(const MachineInstr &MI, const LiveValue &V) const;
  SlotAccess accessOf(const MachineInstr &MI) const;
  void addMemory(const MachineInstr &MI, SlotAccess &A) const;
  void stepBackward(const MachineInstr &MI, BitVector &Live) const;
  void stepForward(const MachineInstr &MI, BitVector &Defined) const;
  BitVector liveOut(const MachineBasicBlock &MBB) const;
  BitVector definedIn(const MachineBasicBlock &MBB) const;
  void findTaken();
  void solve();
  void solveAfterSite();
  void checkBlock(const MachineBasicBlock &MBB);
  void checkSite(const MachineInstr &MI, const BitVector &LiveAfter,
                 const BitVector &DefinedBefore);
  const MachineInstr *findStore(int FrameIndex) const;
};
} // namespace

SlotVerifier::SlotVerifier(const MachineFunction &MF, bool Final)
    : MF(MF), MFI(MF.getFrameInfo()),
      TFL(*MF.getSubtarget().getFrameLowering()),
      TRI(*MF.getSubtarget().getRegisterInfo()), Final(Final),
      First(MFI.getObjectIndexBegin()), Count(MFI.getNumObjects()),
      Ignored(Count), Taken(Count), LiveIn(MF.getNumBlockIDs()),
      DefinedOut(MF.getNumBlockIDs()), AfterSite(MF.getNumBlockIDs()),
      StackPointer(MF.getSubtarget()
                       .getTargetLowering()
                       ->getStackPointerRegisterToSaveRestore()) {
  for (BitVector &Slots : LiveIn)
    Slots.resize(Count);
  for (BitVector &Slots : DefinedOut)
    Slots.resize(Count);
  if (!MFI.isCalleeSavedInfoValid())
    return;
  for (const CalleeSavedInfo &Info : MFI.getCalleeSavedInfo())
    if (!Info.isSpilledToReg())
      Ignored.set(bit(Info.getFrameIdx()));
}

// The frame object a record names, or INT_MAX if it is none.
int SlotVerifier::described(const MachineInstr &MI, const LiveValue &V) const {
  const MachineOperand &Base = MI.getOperand(V.OperandIndex);
  if (Base.isFI())
    return Base.getIndex();
  int64_t Offset = MI.getOperand(V.OperandIndex + 1).getImm();
  for (int FI = First; FI < First + int(Count); ++FI) {
    if (MFI.isDeadObjectIndex(FI))
      continue;
    Register Reg;
    StackOffset Ref = TFL.getFrameIndexReferencePreferSP(
        MF, FI, Reg, /*IgnoreSPUpdates=*/false);
    if (Reg == Base.getReg() && Ref.getFixed() == Offset &&
        !Ignored.test(bit(FI)))
      return FI;
  }
  return INT_MAX;
}

void SlotVerifier::addMemory(const MachineInstr &MI, SlotAccess &A) const {
  bool Known = false;
  for (const MachineMemOperand *MMO : MI.memoperands()) {
    const PseudoSourceValue *Source = MMO->getPseudoValue();
    Known |= Source && Source->isStack();
    auto *Slot = dyn_cast_or_null<FixedStackPseudoSourceValue>(Source);
    if (!Slot)
      continue;
    Known = true;
    int FI = Slot->getFrameIndex();
    if (MMO->isLoad())
      A.Reads.push_back(FI);
    if (!MMO->isStore())
      continue;
    LocationSize Size = MMO->getSize();
    bool IsFull = MMO->getOffset() == 0 && Size.isPrecise() &&
                  !Size.isScalable() &&
                  Size.getValue() >= uint64_t(MFI.getObjectSize(FI));
    (IsFull ? A.FullWrites : A.PartialWrites).push_back(FI);
  }
  if (Known || MI.getFlag(MachineInstr::FrameSetup) ||
      MI.getFlag(MachineInstr::FrameDestroy) || MI.isCall() || MI.isReturn())
    return;
  for (const MachineOperand &MO : MI.operands())
    A.Unknown |= MO.isFI() || (MO.isReg() && !MO.isImplicit() &&
                               MO.getReg() == StackPointer);
}

SlotAccess SlotVerifier::accessOf(const MachineInstr &MI) const {
  SlotAccess A;
  if (MI.isDebugOrPseudoInstr())
    return A;
  if (isStatepoint(MI)) {
    SmallVector<LiveValue, 16> Values;
    liveValues(MI, Values);
    for (const LiveValue &V : Values)
      if (V.Where == LiveValue::InSlot)
        if (int FI = described(MI, V); FI != INT_MAX)
          A.Reads.push_back(FI);
    return A;
  }
  if (MI.mayLoadOrStore()) {
    addMemory(MI, A);
    return A;
  }
  for (const MachineOperand &MO : MI.operands())
    if (MO.isFI())
      A.Addresses.push_back(MO.getIndex());
  return A;
}

void SlotVerifier::stepBackward(const MachineInstr &MI, BitVector &Live) const {
  SlotAccess A = accessOf(MI);
  for (int FI : A.FullWrites)
    Live.reset(bit(FI));
  for (int FI : A.Reads)
    Live.set(bit(FI));
}

void SlotVerifier::stepForward(const MachineInstr &MI,
                               BitVector &Defined) const {
  SlotAccess A = accessOf(MI);
  for (int FI : A.FullWrites)
    Defined.set(bit(FI));
  for (int FI : A.PartialWrites)
    Defined.set(bit(FI));
}

BitVector SlotVerifier::liveOut(const MachineBasicBlock &MBB) const {
  BitVector Live(Count);
  for (const MachineBasicBlock *Succ : MBB.successors())
    Live |= LiveIn[Succ->getNumber()];
  return Live;
}

BitVector SlotVerifier::definedIn(const MachineBasicBlock &MBB) const {
  BitVector Defined = Taken;
  for (const MachineBasicBlock *Pred : MBB.predecessors())
    Defined |= DefinedOut[Pred->getNumber()];
  Defined &= LiveIn[MBB.getNumber()];
  return Defined;
}

void SlotVerifier::findTaken() {
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB) {
      SlotAccess A = accessOf(MI);
      for (int FI : A.Addresses)
        Taken.set(bit(FI));
      if (A.Unknown)
        addViolation(MF, nullptr, "unknown access to the frame: " +
                                      printInstr(MI));
    }
}

void SlotVerifier::solve() {
  std::deque<const MachineBasicBlock *> Work;
  for (const MachineBasicBlock &MBB : MF)
    Work.push_front(&MBB);
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    BitVector Live = liveOut(MBB);
    for (const MachineInstr &MI : reverse(MBB))
      stepBackward(MI, Live);
    if (Live == LiveIn[MBB.getNumber()])
      continue;
    LiveIn[MBB.getNumber()] = Live;
    Work.insert(Work.end(), MBB.pred_begin(), MBB.pred_end());
  }
  for (const MachineBasicBlock &MBB : MF)
    Work.push_back(&MBB);
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    BitVector Defined = definedIn(MBB);
    for (const MachineInstr &MI : MBB)
      stepForward(MI, Defined);
    if (Defined == DefinedOut[MBB.getNumber()])
      continue;
    DefinedOut[MBB.getNumber()] = Defined;
    Work.insert(Work.end(), MBB.succ_begin(), MBB.succ_end());
  }
}

void SlotVerifier::solveAfterSite() {
  std::deque<const MachineBasicBlock *> Work;
  for (const MachineBasicBlock &MBB : MF)
    if (any_of(MBB, isStatepoint))
      Work.insert(Work.end(), MBB.succ_begin(), MBB.succ_end());
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    if (AfterSite.test(MBB.getNumber()))
      continue;
    AfterSite.set(MBB.getNumber());
    Work.insert(Work.end(), MBB.succ_begin(), MBB.succ_end());
  }
}

const MachineInstr *SlotVerifier::findStore(int FrameIndex) const {
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB) {
      SlotAccess A = accessOf(MI);
      if (is_contained(A.FullWrites, FrameIndex) ||
          is_contained(A.PartialWrites, FrameIndex))
        return &MI;
    }
  return nullptr;
}

void SlotVerifier::checkSite(const MachineInstr &MI,
                             const BitVector &LiveAfter,
                             const BitVector &DefinedBefore) {
  BitVector Through = LiveAfter;
  Through &= DefinedBefore;
  Through.reset(Ignored);
  SmallVector<LiveValue, 16> Values;
  liveValues(MI, Values);
  for (const LiveValue &V : Values) {
    if (V.Where != LiveValue::InSlot)
      continue;
    int FI = described(MI, V);
    if (FI == INT_MAX || FI < 0 || MFI.isVariableSizedObjectIndex(FI)) {
      addViolation(MF, &MI, "a live value is in memory that is not a spill "
                            "slot of this frame: " + printInstr(MI));
      continue;
    }
    if (!DefinedBefore.test(bit(FI)))
      addViolation(MF, &MI, "a live value is in stack slot " +
                                std::to_string(FI) +
                                ", which nothing has stored to");
    Through.reset(bit(FI));
  }
  for (unsigned Bit : Through.set_bits()) {
    int FI = int(Bit) + First;
    if (FI < 0)
      continue; // reported where it is read
    const MachineInstr *Store = findStore(FI);
    addViolation(MF, &MI, "stack slot " + std::to_string(FI) +
                              " is live across it, stored by: " +
                              (Store ? printInstr(*Store)
                                     : std::string("an unknown instruction")));
  }
}

void SlotVerifier::checkBlock(const MachineBasicBlock &MBB) {
  SmallVector<BitVector, 4> DefinedAt;
  BitVector Defined = definedIn(MBB);
  bool After = AfterSite.test(MBB.getNumber());
  for (const MachineInstr &MI : MBB) {
    if (isStatepoint(MI)) {
      DefinedAt.push_back(Defined);
      After = true;
    } else if (After) {
      for (int FI : accessOf(MI).Reads)
        if (FI < 0 && !Ignored.test(bit(FI)) &&
            !MI.getFlag(MachineInstr::FrameDestroy))
          addViolation(MF, nullptr, "an argument on the caller's stack is read "
                                    "after a call site: " + printInstr(MI));
    }
    stepForward(MI, Defined);
  }
  if (DefinedAt.empty())
    return;
  BitVector Live = liveOut(MBB);
  for (const MachineInstr &MI : reverse(MBB)) {
    if (isStatepoint(MI))
      checkSite(MI, Live, DefinedAt.pop_back_val());
    stepBackward(MI, Live);
  }
}

void SlotVerifier::run() {
  findTaken();
  solve();
  solveAfterSite();
  for (const MachineBasicBlock &MBB : MF)
    checkBlock(MBB);
}

void verifySlots(const MachineFunction &MF, bool Final) {
  SlotVerifier(MF, Final).run();
}

} // namespace popcorn
