//===- verify_registers.cpp - registers live across call sites ------------===//
//
// Two data-flow problems over register units (the smallest pieces registers
// share), from the instructions alone, not from block live-in lists:
//   live(p):    some path from p reads the unit before it is written
//   defined(p): some path to p wrote the unit, and it has not died since
// A unit with both, before and after a STATEPOINT that does not define it, is a
// value the frame map has no idea of. "Died" is what kill flags say: a unit that
// is only live because another path leaves it undefined is no value.
//
//===----------------------------------------------------------------------===//
#include "passes.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/CodeGen/LiveRegUnits.h"
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
  RegisterVerifier(const MachineFunction &MF)
      : MF(MF), MRI(MF.getRegInfo()), TRI(*MF.getSubtarget().getRegisterInfo()),
        LiveIn(MF.getNumBlockIDs()), DefinedOut(MF.getNumBlockIDs()) {}
  void run();

private:
  const MachineFunction &MF;
  const MachineRegisterInfo &MRI;
  const TargetRegisterInfo &TRI;
  std::vector<BitVector> LiveIn, DefinedOut; // by block number

  BitVector liveOut(const MachineBasicBlock &MBB) const;
  BitVector definedIn(const MachineBasicBlock &MBB) const;
  void stepForward(const MachineInstr &MI, BitVector &Defined) const;
  void solveLive();
  void solveDefined();
  bool isOutside(unsigned Unit) const;
  void checkBlock(const MachineBasicBlock &MBB);
  void checkSite(const MachineInstr &MI, const BitVector &LiveAfter,
                 const BitVector &DefinedBefore);
  std::string registerName(unsigned Unit, const MachineInstr *Def) const;
  const MachineInstr *findDefinition(const MachineInstr &Site,
                                     unsigned Unit) const;
};
} // namespace

static void stepBackward(const MachineInstr &MI, LiveRegUnits &Live) {
  if (!MI.isDebugOrPseudoInstr())
    Live.stepBackward(MI);
}

BitVector RegisterVerifier::liveOut(const MachineBasicBlock &MBB) const {
  BitVector Live(TRI.getNumRegUnits());
  for (const MachineBasicBlock *Succ : MBB.successors())
    Live |= LiveIn[Succ->getNumber()];
  return Live;
}

BitVector RegisterVerifier::definedIn(const MachineBasicBlock &MBB) const {
  BitVector Defined(TRI.getNumRegUnits());
  if (&MBB == &MF.front())
    for (const auto &In : MBB.liveins())
      for (MCRegUnit Unit : TRI.regunits(In.PhysReg))
        Defined.set(Unit);
  for (const MachineBasicBlock *Pred : MBB.predecessors())
    Defined |= DefinedOut[Pred->getNumber()];
  return Defined;
}

void RegisterVerifier::stepForward(const MachineInstr &MI,
                                   BitVector &Defined) const {
  if (MI.isDebugOrPseudoInstr())
    return;
  for (const MachineOperand &MO : MI.operands()) {
    if (MO.isRegMask()) {
      for (unsigned Unit : Defined.set_bits())
        for (MCRegUnitRootIterator Root(Unit, &TRI); Root.isValid(); ++Root)
          if (MO.clobbersPhysReg(*Root))
            Defined.reset(Unit);
    } else if (MO.isReg() && MO.getReg().isPhysical() && MO.isUse() &&
               MO.isKill()) {
      for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
        Defined.reset(Unit);
    }
  }
  for (const MachineOperand &MO : MI.all_defs()) {
    if (!MO.getReg().isPhysical())
      continue;
    for (MCRegUnit Unit : TRI.regunits(MO.getReg())) {
      if (MO.isDead())
        Defined.reset(Unit);
      else
        Defined.set(Unit);
    }
  }
}

void RegisterVerifier::solveLive() {
  for (BitVector &Units : LiveIn)
    Units.resize(TRI.getNumRegUnits());
  std::deque<const MachineBasicBlock *> Work;
  for (const MachineBasicBlock &MBB : MF)
    Work.push_front(&MBB);
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    LiveRegUnits Live(TRI);
    Live.addUnits(liveOut(MBB));
    for (const MachineInstr &MI : reverse(MBB))
      stepBackward(MI, Live);
    if (Live.getBitVector() == LiveIn[MBB.getNumber()])
      continue;
    LiveIn[MBB.getNumber()] = Live.getBitVector();
    Work.insert(Work.end(), MBB.pred_begin(), MBB.pred_end());
  }
}

void RegisterVerifier::solveDefined() {
  for (BitVector &Units : DefinedOut)
    Units.resize(TRI.getNumRegUnits());
  std::deque<const MachineBasicBlock *> Work;
  for (const MachineBasicBlock &MBB : MF)
    Work.push_back(&MBB);
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    BitVector Defined = definedIn(MBB);
    // A value that no path reads has died on the edge.
    Defined &= LiveIn[MBB.getNumber()];
    for (const MachineInstr &MI : MBB)
      stepForward(MI, Defined);
    if (Defined == DefinedOut[MBB.getNumber()])
      continue;
    DefinedOut[MBB.getNumber()] = Defined;
    Work.insert(Work.end(), MBB.succ_begin(), MBB.succ_end());
  }
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

void RegisterVerifier::checkSite(const MachineInstr &MI,
                                 const BitVector &LiveAfter,
                                 const BitVector &DefinedBefore) {
  BitVector Through = LiveAfter;
  SmallVector<LiveValue, 16> Values;
  liveValues(MI, Values);
  for (const MachineOperand &MO : MI.all_defs()) {
    for (MCRegUnit Unit : TRI.regunits(MO.getReg()))
      Through.reset(Unit);
    if (MO.isImplicit())
      continue; // the call's result
    unsigned Tied = MO.isTied() ? MI.findTiedOperandIdx(MI.getOperandNo(&MO))
                                : ~0u;
    bool Listed = any_of(Values, [&](const LiveValue &V) {
      return V.Where == LiveValue::InRegister && V.OperandIndex == Tied &&
             MI.getOperand(Tied).getReg() == MO.getReg();
    });
    if (!Listed)
      addViolation(MF, &MI, std::string("it redefines ") +
                                TRI.getName(MO.getReg()) +
                                " without listing it as a live value");
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

void RegisterVerifier::checkBlock(const MachineBasicBlock &MBB) {
  // Forward once to know what is defined at each site, then backward.
  SmallVector<BitVector, 4> DefinedAt;
  BitVector Defined = definedIn(MBB);
  Defined &= LiveIn[MBB.getNumber()];
  for (const MachineInstr &MI : MBB) {
    if (isStatepoint(MI))
      DefinedAt.push_back(Defined);
    stepForward(MI, Defined);
  }
  if (DefinedAt.empty())
    return;
  LiveRegUnits Live(TRI);
  Live.addUnits(liveOut(MBB));
  for (const MachineInstr &MI : reverse(MBB)) {
    if (isStatepoint(MI)) {
      BitVector DefinedBefore = DefinedAt.pop_back_val();
      if (!enoughViolations(MF))
        checkSite(MI, Live.getBitVector(), DefinedBefore);
    }
    stepBackward(MI, Live);
  }
}

void RegisterVerifier::run() {
  solveLive();
  solveDefined();
  for (const MachineBasicBlock &MBB : MF)
    checkBlock(MBB);
}

void verifyRegisters(const MachineFunction &MF) {
  RegisterVerifier(MF).run();
}

} // namespace popcorn
