//===- verify_registers.cpp - registers live across call sites ------------===//
//
// Two data-flow problems over register units (the smallest pieces registers
// share), from the instructions alone: neither block live-in lists nor kill and
// dead flags, which are what passes believe.
//   live(p):    some path from p reads the unit before it is written
//   defined(p): some path to p wrote the unit, and no call has clobbered it since
// A unit with both, after and before a STATEPOINT that does not define it, is a
// value the frame map has no idea of.
//
//===----------------------------------------------------------------------===//
#include "data_flow.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include <deque>

using namespace llvm;

namespace popcorn {

namespace {
class RegisterVerifier {
public:
  explicit RegisterVerifier(const MachineFunction &MF)
      : MF(MF), MRI(MF.getRegInfo()),
        TRI(*MF.getSubtarget().getRegisterInfo()) {}
  void run();

private:
  const MachineFunction &MF;
  const MachineRegisterInfo &MRI;
  const TargetRegisterInfo &TRI;

  BitVector definedAtEntry() const;
  bool passesOn(const MachineInstr &MI, const MachineOperand &MO) const;
  void stepBackward(const MachineInstr &MI, BitVector &Live) const;
  void stepForward(const MachineInstr &MI, BitVector &Defined) const;
  void dropClobbered(const MachineOperand &Mask, BitVector &Units) const;
  bool anyUnit(Register Reg, const BitVector &Units) const;
  bool isOutside(unsigned Unit) const;
  void checkListed(const MachineInstr &MI, const MachineOperand &Def,
                   const BitVector &LiveAfter, const BitVector &DefinedBefore);
  void checkSite(const MachineInstr &MI, const BitVector &LiveAfter,
                 const BitVector &DefinedBefore);
  std::string registerName(unsigned Unit, const MachineInstr *Def) const;
  const MachineInstr *findDefinition(const MachineInstr &Site,
                                     unsigned Unit) const;
};
} // namespace

BitVector RegisterVerifier::definedAtEntry() const {
  BitVector Defined(TRI.getNumRegUnits());
  for (const auto &In : MF.front().liveins())
    for (MCRegUnit Unit : TRI.regunits(In.PhysReg))
      Defined.set(Unit);
  return Defined;
}

void RegisterVerifier::dropClobbered(const MachineOperand &Mask,
                                     BitVector &Units) const {
  for (unsigned Unit : Units.set_bits())
    for (MCRegUnitRootIterator Root(Unit, &TRI); Root.isValid(); ++Root)
      if (Mask.clobbersPhysReg(*Root))
        Units.reset(Unit);
}

// An instruction that writes one part of a register has been given a use and a
// definition of the whole when registers were assigned, for the other parts to stay
// alive. It neither reads nor writes those, and some may not have a value yet: a
// store of interleaved vectors is made ready so, vector by vector.
bool RegisterVerifier::passesOn(const MachineInstr &MI,
                                const MachineOperand &MO) const {
  if (!MO.isImplicit() || MI.isCall() || MI.isReturn())
    return false;
  MCRegister Whole = MO.getReg().asMCReg();
  if (is_contained(MI.getDesc().implicit_uses(), Whole) ||
      is_contained(MI.getDesc().implicit_defs(), Whole))
    return false;
  auto IsCounterpart = [&](const MachineOperand &Other) {
    return Other.isReg() && Other.getReg() == Whole &&
           Other.isDef() != MO.isDef();
  };
  auto IsPart = [&](const MachineOperand &Def) {
    return Def.isReg() && TRI.isSubRegister(Whole, Def.getReg());
  };
  return any_of(MI.implicit_operands(), IsCounterpart) &&
         any_of(MI.defs(), IsPart);
}

void RegisterVerifier::stepBackward(const MachineInstr &MI,
                                    BitVector &Live) const {
  if (MI.isDebugOrPseudoInstr())
    return;
  for (const MachineOperand &MO : MI.operands()) {
    if (MO.isRegMask())
      dropClobbered(MO, Live);
    else if (MO.isReg() && MO.isDef() && MO.getReg().isPhysical() &&
             !passesOn(MI, MO))
      for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
        Live.reset(Unit);
  }
  for (const MachineOperand &MO : MI.operands())
    if (MO.isReg() && MO.readsReg() && MO.getReg().isPhysical() &&
        !passesOn(MI, MO))
      for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
        Live.set(Unit);
}

void RegisterVerifier::stepForward(const MachineInstr &MI,
                                   BitVector &Defined) const {
  if (MI.isDebugOrPseudoInstr())
    return;
  for (const MachineOperand &MO : MI.operands())
    if (MO.isRegMask())
      dropClobbered(MO, Defined);
  for (const MachineOperand &MO : MI.all_defs())
    if (MO.getReg().isPhysical() && !passesOn(MI, MO))
      for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
        Defined.set(Unit);
}

bool RegisterVerifier::anyUnit(Register Reg, const BitVector &Units) const {
  return any_of(TRI.regunits(Reg),
                [&](MCRegUnit Unit) { return Units.test(Unit); });
}

// Registers that hold no value of the program: the stack pointer, segments,
// control words.
bool RegisterVerifier::isOutside(unsigned Unit) const {
  return MRI.isReservedRegUnit(Unit);
}

const MachineInstr *RegisterVerifier::findDefinition(const MachineInstr &Site,
                                                     unsigned Unit) const {
  std::deque<const MachineBasicBlock *> Work{Site.getParent()};
  BitVector Seen(MF.getNumBlockIDs());
  bool First = true;
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    auto From = First ? std::next(Site.getReverseIterator()) : MBB.rbegin();
    First = false;
    for (const MachineInstr &MI : make_range(From, MBB.rend()))
      for (const MachineOperand &MO : MI.all_defs())
        if (MO.getReg().isPhysical() &&
            is_contained(TRI.regunits(MO.getReg()), MCRegUnit(Unit)))
          return &MI;
    for (const MachineBasicBlock *Pred : MBB.predecessors())
      if (!Seen.test(Pred->getNumber())) {
        Seen.set(Pred->getNumber());
        Work.push_back(Pred);
      }
  }
  return nullptr;
}

// As the definition calls it, not the smallest part of it.
std::string RegisterVerifier::registerName(unsigned Unit,
                                           const MachineInstr *Def) const {
  if (Def)
    for (const MachineOperand &MO : Def->all_defs())
      if (MO.getReg().isPhysical() &&
          is_contained(TRI.regunits(MO.getReg()), MCRegUnit(Unit)))
        return TRI.getName(MO.getReg());
  return TRI.getName(*MCRegUnitRootIterator(Unit, &TRI));
}

// A definition that belongs to a live value: the record names its register, and
// there is a value in it.
void RegisterVerifier::checkListed(const MachineInstr &MI,
                                   const MachineOperand &Def,
                                   const BitVector &LiveAfter,
                                   const BitVector &DefinedBefore) {
  SmallVector<LiveValue, 16> Values;
  liveValues(MI, Values);
  unsigned Tied =
      Def.isTied() ? MI.findTiedOperandIdx(MI.getOperandNo(&Def)) : ~0u;
  bool Listed = any_of(Values, [&](const LiveValue &V) {
    return V.Where == LiveValue::InRegister && V.OperandIndex == Tied &&
           MI.getOperand(Tied).getReg() == Def.getReg();
  });
  if (!Listed)
    addViolation(MF, &MI,
                 std::string("it redefines ") + TRI.getName(Def.getReg()) +
                     " without listing it as a live value");
  else if (anyUnit(Def.getReg(), LiveAfter) &&
           (MI.getOperand(Tied).isUndef() ||
            !anyUnit(Def.getReg(), DefinedBefore)))
    addViolation(MF, &MI,
                 std::string("a live value is in ") +
                     TRI.getName(Def.getReg()) + ", which nothing has written");
}

void RegisterVerifier::checkSite(const MachineInstr &MI,
                                 const BitVector &LiveAfter,
                                 const BitVector &DefinedBefore) {
  BitVector Through = LiveAfter;
  for (const MachineOperand &MO : MI.all_defs()) {
    for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
      Through.reset(Unit);
    if (!MO.isImplicit()) // or it is the call's result
      checkListed(MI, MO, LiveAfter, DefinedBefore);
  }
  Through &= DefinedBefore;
  const MachineInstr *Last = nullptr; // one message for all units of a register
  for (unsigned Unit : Through.set_bits()) {
    if (isOutside(Unit))
      continue;
    const MachineInstr *Def = findDefinition(MI, Unit);
    if (Def && Def == Last)
      continue;
    Last = Def;
    addViolation(MF, &MI,
                 "register " + registerName(Unit, Def) +
                     " is live across it, defined by: " +
                     (Def ? printInstr(*Def) : std::string("the caller")));
  }
}

void RegisterVerifier::run() {
  DataFlow Live(MF, DataFlow::Backward, BitVector(TRI.getNumRegUnits()),
                [&](const MachineInstr &MI, BitVector &Facts) {
                  stepBackward(MI, Facts);
                });
  DataFlow Defined(MF, DataFlow::Forward, definedAtEntry(),
                   [&](const MachineInstr &MI, BitVector &Facts) {
                     stepForward(MI, Facts);
                   });
  forEachSite(MF, Live, Defined,
              [&](const MachineInstr &MI, const BitVector &LiveAfter,
                  const BitVector &DefinedBefore) {
                checkSite(MI, LiveAfter, DefinedBefore);
              });
}

void verifyRegisters(const MachineFunction &MF) { RegisterVerifier(MF).run(); }

} // namespace popcorn
