//===- verify_addresses.cpp - frame addresses stay between call sites -----===//
//
// The address of a frame object means nothing on another ISA, so no call site
// may see one: not in a live value, listed or not, and not in an argument of
// the call. A forward data-flow problem over register units and frame objects:
// which of them may hold a frame address, or something computed from one.
//   * An instruction that names a frame object or the stack pointer and does not
//     access memory makes one; so does a computation or a plain call that is
//     given one.
//   * A load gives one if the object it reads may hold one, or if an operand
//     that is not where it reads holds one. The address itself is given to what
//     is tied to it only (write-back).
//   * A store of one to a frame object moves it there; to anywhere else it has
//     escaped, which is a violation at once.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "data_flow.h"
#include "memory_operands.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineMemOperand.h"
#include "llvm/CodeGen/PseudoSourceValue.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

namespace popcorn {

namespace {
class AddressVerifier {
public:
  explicit AddressVerifier(const MachineFunction &MF);
  void run();

private:
  const MachineFunction &MF;
  const MachineFrameInfo &MFI;
  const TargetRegisterInfo &TRI;
  Register StackPointer;

  // Bits: register units, then frame objects.
  unsigned objectBit(int FrameIndex) const {
    return TRI.getNumRegUnits() + FrameIndex - MFI.getObjectIndexBegin();
  }
  unsigned bits() const { return objectBit(MFI.getObjectIndexEnd()); }
  bool holds(const MachineOperand &MO, const BitVector &Held) const;
  bool makesAddress(const MachineInstr &MI) const;
  bool readsHolder(const MachineInstr &MI, const BitVector &Held) const;
  bool loadsHolder(const MachineInstr &MI, const BitVector &Held) const;
  bool storesAddress(const MachineInstr &MI, const BitVector &Held) const;
  bool isAddressOf(const MachineInstr &MI, const MachineOperand &MO) const;
  void setDefs(const MachineInstr &MI, BitVector &Held, bool Value) const;
  void step(const MachineInstr &MI, BitVector &Held) const;
  void stepLoad(const MachineInstr &MI, BitVector &Held) const;
  void stepStore(const MachineInstr &MI, BitVector &Held) const;
  void check(const MachineInstr &MI, const BitVector &Held) const;
};
} // namespace

AddressVerifier::AddressVerifier(const MachineFunction &MF)
    : MF(MF), MFI(MF.getFrameInfo()), TRI(*MF.getSubtarget().getRegisterInfo()),
      StackPointer(MF.getSubtarget()
                       .getTargetLowering()
                       ->getStackPointerRegisterToSaveRestore()) {}

// The object a memory operand is in, if it is a frame object.
static const FixedStackPseudoSourceValue *object(const MachineMemOperand &MMO) {
  return dyn_cast_or_null<FixedStackPseudoSourceValue>(MMO.getPseudoValue());
}

static bool ofFrame(const MachineInstr &MI) {
  return MI.getFlag(MachineInstr::FrameSetup) ||
         MI.getFlag(MachineInstr::FrameDestroy);
}

bool AddressVerifier::holds(const MachineOperand &MO,
                            const BitVector &Held) const {
  if (!MO.isReg() || !MO.readsReg() || !MO.getReg().isPhysical())
    return false;
  for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
    if (Held.test(Unit))
      return true;
  return false;
}

bool AddressVerifier::makesAddress(const MachineInstr &MI) const {
  if (MI.mayLoadOrStore() || MI.isCall() || ofFrame(MI))
    return false;
  for (const MachineOperand &MO : MI.operands())
    if (MO.isFI() || (MO.isReg() && MO.isUse() && !MO.isImplicit() &&
                      MO.getReg() == StackPointer))
      return true;
  return false;
}

bool AddressVerifier::readsHolder(const MachineInstr &MI,
                                  const BitVector &Held) const {
  for (const MachineOperand &MO : MI.operands())
    if (holds(MO, Held))
      return true;
  return false;
}

bool AddressVerifier::loadsHolder(const MachineInstr &MI,
                                  const BitVector &Held) const {
  for (const MachineMemOperand *MMO : MI.memoperands())
    if (MMO->isLoad())
      if (const auto *Slot = object(*MMO))
        if (Held.test(objectBit(Slot->getFrameIndex())))
          return true;
  return false;
}

// Is the operand only where a load or store goes?
bool AddressVerifier::isAddressOf(const MachineInstr &MI,
                                  const MachineOperand &MO) const {
  return isAddressOperand(*attempt().Isa, MI.getDesc(), MI.getOperandNo(&MO),
                          TRI, StackPointer);
}

bool AddressVerifier::storesAddress(const MachineInstr &MI,
                                    const BitVector &Held) const {
  for (const MachineOperand &MO : MI.operands())
    if (holds(MO, Held) && !isAddressOf(MI, MO))
      return true;
  return false;
}

void AddressVerifier::setDefs(const MachineInstr &MI, BitVector &Held,
                              bool Value) const {
  for (const MachineOperand &MO : MI.all_defs())
    if (MO.getReg().isPhysical() && MO.getReg() != StackPointer)
      for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
        Held[Unit] = Value;
}

void AddressVerifier::stepLoad(const MachineInstr &MI, BitVector &Held) const {
  bool All = loadsHolder(MI, Held);
  SmallVector<unsigned, 2> Also; // definitions tied to an address
  for (const MachineOperand &MO : MI.operands()) {
    if (!holds(MO, Held))
      continue;
    if (MO.isTied())
      Also.push_back(MI.findTiedOperandIdx(MI.getOperandNo(&MO)));
    else
      All |= !isAddressOf(MI, MO);
  }
  setDefs(MI, Held, All);
  for (unsigned Def : Also)
    for (MCRegUnit Unit : TRI.regunits(MI.getOperand(Def).getReg()))
      Held.set(Unit);
}

void AddressVerifier::stepStore(const MachineInstr &MI, BitVector &Held) const {
  bool Any = readsHolder(MI, Held);
  bool Value = storesAddress(MI, Held);
  for (const MachineMemOperand *MMO : MI.memoperands())
    if (const auto *Slot = object(*MMO); Slot && MMO->isStore()) {
      bool Whole = MMO->getSize().isPrecise() && !MMO->getSize().isScalable() &&
                   MMO->getOffset() == 0 &&
                   int64_t(MMO->getSize().getValue().getFixedValue()) >=
                       MFI.getObjectSize(Slot->getFrameIndex());
      if (Value)
        Held.set(objectBit(Slot->getFrameIndex()));
      else if (Whole)
        Held.reset(objectBit(Slot->getFrameIndex()));
    }
  setDefs(MI, Held, Any);
}

void AddressVerifier::step(const MachineInstr &MI, BitVector &Held) const {
  if (MI.isDebugOrPseudoInstr())
    return;
  if (isStatepoint(MI) || ofFrame(MI))
    return setDefs(MI, Held, false);
  if (MI.mayStore() && !MI.isCall())
    return stepStore(MI, Held);
  if (MI.mayLoad() && !MI.isCall())
    return stepLoad(MI, Held);
  setDefs(MI, Held, makesAddress(MI) || readsHolder(MI, Held));
}

void AddressVerifier::check(const MachineInstr &MI,
                            const BitVector &Held) const {
  if (MI.isDebugOrPseudoInstr() || ofFrame(MI))
    return;
  if (!isStatepoint(MI)) {
    bool ToFrame = any_of(MI.memoperands(), [](const MachineMemOperand *MMO) {
      return MMO->isStore() && object(*MMO);
    });
    if (MI.mayStore() && !MI.isCall() && !ToFrame && storesAddress(MI, Held))
      addViolation(MF, nullptr,
                   "the address of a stack object is stored to memory: " +
                       printInstr(MI));
    return;
  }
  for (const MachineOperand &MO : MI.operands())
    if (holds(MO, Held))
      addViolation(MF, &MI,
                   std::string("it is given the address of a stack "
                               "object, in ") +
                       TRI.getName(MO.getReg()));
  for (const MachineOperand &MO : MI.operands())
    if (MO.isFI() && Held.test(objectBit(MO.getIndex())))
      addViolation(MF, &MI,
                   "it is given the address of a stack object, in "
                   "stack slot " +
                       std::to_string(MO.getIndex()));
}

void AddressVerifier::run() {
  DataFlow Addresses(
      MF, DataFlow::Forward, BitVector(bits()),
      [&](const MachineInstr &MI, BitVector &Held) { step(MI, Held); });
  for (const MachineBasicBlock &MBB : MF)
    Addresses.visit(MBB, [&](const MachineInstr &MI, const BitVector &Held) {
      if (!enoughViolations(MF))
        check(MI, Held);
    });
}

void verifyAddresses(const MachineFunction &MF) { AddressVerifier(MF).run(); }

} // namespace popcorn
