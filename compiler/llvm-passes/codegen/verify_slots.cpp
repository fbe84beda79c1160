//===- verify_slots.cpp - stack slots live across call sites --------------===//
//
// The same two data-flow problems as for registers, over the bytes of the
// frame's objects (large objects count as one byte: only spill slots and
// temporaries of instruction selection are expected here).
// Accesses are known from memory operands, which spill code and instruction
// selection always attach; an access to the frame without one is a violation by
// itself. An object whose address is taken counts as written from the start, and
// as read by what takes the address: the address itself never crosses a call
// site (verify_addresses.cpp), so each access through it follows on a taking
// with no call site in between.
//
//===----------------------------------------------------------------------===//
#include "data_flow.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineMemOperand.h"
#include "llvm/CodeGen/PseudoSourceValue.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetFrameLowering.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

namespace popcorn {

namespace {
// What one instruction does to frame objects.
struct SlotAccess {
  struct Range {
    int FrameIndex;
    unsigned Begin, End; // bits
  };
  SmallVector<Range, 2> Reads, PartialWrites, FullWrites;
  SmallVector<int, 1> Addresses;
  bool Unknown = false; // touches the frame, but not known where
};

class SlotVerifier {
public:
  explicit SlotVerifier(const MachineFunction &MF);
  void run();

private:
  const MachineFunction &MF;
  const MachineFrameInfo &MFI;
  const TargetFrameLowering &TFL;
  int First;                      // least frame index
  unsigned Count;                 // frame objects
  std::vector<unsigned> FirstBit; // by object; one more for the end
  std::vector<int> ObjectOfBit;   // frame index
  BitVector Ignored, Taken;       // save slots; address taken
  Register StackPointer;

  unsigned object(int FrameIndex) const { return FrameIndex - First; }
  unsigned bits() const { return FirstBit.back(); }
  SlotAccess::Range wholeObject(int FrameIndex) const {
    unsigned Object = object(FrameIndex);
    return {FrameIndex, FirstBit[Object], FirstBit[Object + 1]};
  }
  void numberBits();
  int described(const MachineInstr &MI, const LiveValue &V) const;
  SlotAccess::Range rangeOf(const MachineInstr &MI, const LiveValue &V,
                            int FrameIndex) const;
  SlotAccess accessOf(const MachineInstr &MI) const;
  SlotAccess::Range rangeOf(int FrameIndex, const MachineMemOperand &MMO) const;
  bool coversRange(const MachineMemOperand &MMO,
                   const SlotAccess::Range &R) const;
  void addMemory(const MachineInstr &MI, SlotAccess &A) const;
  void stepBackward(const MachineInstr &MI, BitVector &Live) const;
  void stepForward(const MachineInstr &MI, BitVector &Defined) const;
  void findTaken();
  void checkArguments() const;
  void checkSite(const MachineInstr &MI, const BitVector &LiveAfter,
                 const BitVector &DefinedBefore);
  const MachineInstr *findStore(int FrameIndex) const;
};
} // namespace

SlotVerifier::SlotVerifier(const MachineFunction &MF)
    : MF(MF), MFI(MF.getFrameInfo()),
      TFL(*MF.getSubtarget().getFrameLowering()),
      First(MFI.getObjectIndexBegin()), Count(MFI.getNumObjects()),
      StackPointer(MF.getSubtarget()
                       .getTargetLowering()
                       ->getStackPointerRegisterToSaveRestore()) {
  numberBits();
  Ignored.resize(bits());
  Taken.resize(bits());
  if (!MFI.isCalleeSavedInfoValid())
    return;
  for (const CalleeSavedInfo &Info : MFI.getCalleeSavedInfo()) {
    if (Info.isSpilledToReg())
      continue;
    SlotAccess::Range R = wholeObject(Info.getFrameIdx());
    Ignored.set(R.Begin, R.End);
  }
}

void SlotVerifier::numberBits() {
  for (unsigned Object = 0; Object < Count; ++Object) {
    int64_t Size = MFI.isDeadObjectIndex(int(Object) + First)
                       ? 1
                       : MFI.getObjectSize(int(Object) + First);
    FirstBit.push_back(ObjectOfBit.size());
    ObjectOfBit.insert(ObjectOfBit.end(), Size > 0 && Size <= 64 ? Size : 1,
                       int(Object) + First);
  }
  FirstBit.push_back(ObjectOfBit.size());
}

static bool anyOf(const BitVector &Bits, const SlotAccess::Range &R) {
  return Bits.find_first_in(R.Begin, R.End) != -1;
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
        !anyOf(Ignored, wholeObject(FI)))
      return FI;
  }
  return INT_MAX;
}

// The bits of a live value in an object: values of several sizes may share one.
SlotAccess::Range SlotVerifier::rangeOf(const MachineInstr &MI,
                                        const LiveValue &V,
                                        int FrameIndex) const {
  SlotAccess::Range Whole = wholeObject(FrameIndex);
  int64_t Size = MI.getOperand(V.OperandIndex - 1).getImm();
  if (Whole.End - Whole.Begin != MFI.getObjectSize(FrameIndex) ||
      Size > MFI.getObjectSize(FrameIndex))
    return Whole;
  return {FrameIndex, Whole.Begin, Whole.Begin + unsigned(Size)};
}

// The bits a memory operand touches; all of the object if it does not say.
SlotAccess::Range SlotVerifier::rangeOf(int FrameIndex,
                                        const MachineMemOperand &MMO) const {
  SlotAccess::Range Whole = wholeObject(FrameIndex);
  LocationSize Size = MMO.getSize();
  int64_t Object = MFI.getObjectSize(FrameIndex);
  if (Whole.End - Whole.Begin != Object || !Size.isPrecise() ||
      Size.isScalable() || MMO.getOffset() < 0 ||
      MMO.getOffset() + int64_t(Size.getValue()) > Object)
    return Whole;
  unsigned Begin = Whole.Begin + MMO.getOffset();
  return {FrameIndex, Begin, Begin + unsigned(Size.getValue())};
}

// Does a store write everything its range stands for?
bool SlotVerifier::coversRange(const MachineMemOperand &MMO,
                               const SlotAccess::Range &R) const {
  LocationSize Size = MMO.getSize();
  if (!Size.isPrecise() || Size.isScalable())
    return false;
  uint64_t Bytes = Size.getValue();
  uint64_t Object = MFI.getObjectSize(R.FrameIndex);
  return (MMO.getOffset() == 0 && Bytes >= Object) ||
         (R.End - R.Begin == Bytes && Bytes < Object);
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
    SlotAccess::Range R = rangeOf(Slot->getFrameIndex(), *MMO);
    if (MMO->isLoad())
      A.Reads.push_back(R);
    if (MMO->isStore())
      (coversRange(*MMO, R) ? A.FullWrites : A.PartialWrites).push_back(R);
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
          A.Reads.push_back(rangeOf(MI, V, FI));
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
  for (const SlotAccess::Range &R : A.FullWrites)
    Live.reset(R.Begin, R.End);
  for (const SlotAccess::Range &R : A.Reads)
    Live.set(R.Begin, R.End);
  for (int FI : A.Addresses)
    Live.set(wholeObject(FI).Begin, wholeObject(FI).End);
}

void SlotVerifier::stepForward(const MachineInstr &MI,
                               BitVector &Defined) const {
  SlotAccess A = accessOf(MI);
  for (const SlotAccess::Range &R : A.FullWrites)
    Defined.set(R.Begin, R.End);
  for (const SlotAccess::Range &R : A.PartialWrites)
    Defined.set(R.Begin, R.End);
}

void SlotVerifier::findTaken() {
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB) {
      SlotAccess A = accessOf(MI);
      for (int FI : A.Addresses) {
        SlotAccess::Range R = wholeObject(FI);
        Taken.set(R.Begin, R.End);
      }
      if (A.Unknown)
        addViolation(MF, nullptr,
                     "unknown access to the frame: " + printInstr(MI));
    }
}

const MachineInstr *SlotVerifier::findStore(int FrameIndex) const {
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB) {
      SlotAccess A = accessOf(MI);
      auto IsIt = [&](const SlotAccess::Range &R) {
        return R.FrameIndex == FrameIndex;
      };
      if (any_of(A.FullWrites, IsIt) || any_of(A.PartialWrites, IsIt))
        return &MI;
    }
  return nullptr;
}

void SlotVerifier::checkSite(const MachineInstr &MI, const BitVector &LiveAfter,
                             const BitVector &DefinedBefore) {
  BitVector Through = LiveAfter;
  Through &= DefinedBefore;
  Through.reset(Ignored);
  BitVector Listed(bits());
  SmallVector<LiveValue, 16> Values;
  liveValues(MI, Values);
  for (const LiveValue &V : Values) {
    if (V.Where != LiveValue::InSlot)
      continue;
    int FI = described(MI, V);
    if (FI == INT_MAX || FI < 0 || MFI.isVariableSizedObjectIndex(FI)) {
      addViolation(MF, &MI,
                   "a live value is in memory that is not a spill "
                   "slot of this frame: " +
                       printInstr(MI));
      continue;
    }
    SlotAccess::Range R = rangeOf(MI, V, FI);
    if (!anyOf(DefinedBefore, R))
      addViolation(MF, &MI,
                   "a live value is in stack slot " + std::to_string(FI) +
                       ", which nothing has stored to");
    if (anyOf(Listed, R))
      addViolation(MF, &MI,
                   "two live values are in stack slot " + std::to_string(FI));
    Listed.set(R.Begin, R.End);
    Through.reset(R.Begin, R.End);
  }
  int Last = INT_MAX;
  for (unsigned Bit : Through.set_bits()) {
    int FI = ObjectOfBit[Bit];
    if (FI < 0 || FI == Last)
      continue; // negative: reported where it is read
    Last = FI;
    const MachineInstr *Store = findStore(FI);
    addViolation(MF, &MI,
                 "stack slot " + std::to_string(FI) +
                     " is live across it, stored by: " +
                     (Store ? printInstr(*Store)
                            : std::string("an unknown instruction")));
  }
}

// Rule 4.
void SlotVerifier::checkArguments() const {
  DataFlow AfterSite(MF, DataFlow::Forward, BitVector(1),
                     [](const MachineInstr &MI, BitVector &Facts) {
                       if (isStatepoint(MI))
                         Facts.set(0);
                     });
  for (const MachineBasicBlock &MBB : MF)
    AfterSite.visit(MBB, [&](const MachineInstr &MI, const BitVector &After) {
      if (!After.test(0) || isStatepoint(MI) ||
          MI.getFlag(MachineInstr::FrameDestroy))
        return;
      for (const SlotAccess::Range &R : accessOf(MI).Reads)
        if (R.FrameIndex < 0 && !anyOf(Ignored, R))
          addViolation(MF, nullptr,
                       "an argument on the caller's stack is read "
                       "after a call site: " +
                           printInstr(MI));
    });
}

void SlotVerifier::run() {
  findTaken();
  DataFlow Live(MF, DataFlow::Backward, BitVector(bits()),
                [&](const MachineInstr &MI, BitVector &Facts) {
                  stepBackward(MI, Facts);
                });
  DataFlow Defined(MF, DataFlow::Forward, Taken,
                   [&](const MachineInstr &MI, BitVector &Facts) {
                     stepForward(MI, Facts);
                   });
  checkArguments();
  forEachSite(MF, Live, Defined,
              [&](const MachineInstr &MI, const BitVector &LiveAfter,
                  const BitVector &DefinedBefore) {
                checkSite(MI, LiveAfter, DefinedBefore);
              });
}

void verifySlots(const MachineFunction &MF) { SlotVerifier(MF).run(); }

} // namespace popcorn
