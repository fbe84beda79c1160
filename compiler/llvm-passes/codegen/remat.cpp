//===- remat.cpp - nothing undescribed lives across a call site -----------===//
//
// Runs in machine SSA form, after the last pass that hoists or merges. An IR
// value that is live across a call site is an operand of its STATEPOINT and is
// redefined by it. What is left are closed expressions (closed_expression.h):
// each use that is reachable from the definition through a STATEPOINT gets a
// copy of the expression, outside the loops that have no call site.
//
// Invariants after the pass:
//   1. No use of a closed register is reached from its definition through a
//      STATEPOINT, unless the STATEPOINT itself lists the register.
//   2. No copy is made between a flag definition and its use.
// Both are checked by others: verify.cpp and LLVM's machine verifier.
//
//===----------------------------------------------------------------------===//
#include "closed_expression.h"
#include "codegen.h"
#include "compiler/llvm-passes/instrument/pass_limit.h"
#include "passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineLoopInfo.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/InitializePasses.h"
#include "llvm/PassRegistry.h"
#include <chrono>

using namespace llvm;
using namespace popcorn;

namespace {

// A use that needs a copy: in MBB before the instruction with number Position.
struct Request {
  MachineOperand *Use;
  MachineBasicBlock *MBB;
  MachineInstr *Before; // null: before the terminators
  unsigned Position;
  unsigned Segment; // STATEPOINTs of MBB before Position
};

class Rematerialise : public MachineFunctionPass {
public:
  static char ID;
  Rematerialise() : MachineFunctionPass(ID) {}
  StringRef getPassName() const override {
    return "Popcorn rematerialisation after call sites";
  }
  void getAnalysisUsage(AnalysisUsage &AU) const override {
    AU.addRequired<MachineLoopInfoWrapperPass>();
    AU.setPreservesCFG();
    MachineFunctionPass::getAnalysisUsage(AU);
  }
  bool runOnMachineFunction(MachineFunction &MF) override;

private:
  MachineRegisterInfo *MRI = nullptr;
  MachineLoopInfo *Loops = nullptr;
  DenseMap<const MachineInstr *, unsigned> Number; // within its block, from 1
  // Per block number: positions of its STATEPOINTs, ascending.
  std::vector<SmallVector<unsigned, 2>> Sites;

  bool findSites(MachineFunction &MF);
  void dropLiveValues(MachineFunction &MF);
  unsigned segmentOf(const MachineBasicBlock &MBB, unsigned Position) const;
  bool crossesSite(const MachineInstr &Def, const Request &R) const;
  Request requestFor(MachineOperand &Use);
  void hoist(const MachineInstr &Def, Request &R) const;
  void rewriteUses(MachineInstr &Def, Register Reg, ClosedExpressions &Closed);
  Register cloneBefore(Register Reg, ClosedExpressions &Closed,
                       MachineBasicBlock &MBB);
  void satisfy(Register Reg, ClosedExpressions &Closed,
               ArrayRef<Request> Group);
  void processFunction(MachineFunction &MF);
};

} // namespace

char Rematerialise::ID = 0;
INITIALIZE_PASS(Rematerialise, "popcorn-remat",
                "Popcorn rematerialisation after call sites", false, false)
char &popcorn::RematerialiseID = Rematerialise::ID;

bool Rematerialise::findSites(MachineFunction &MF) {
  Number.clear();
  Sites.assign(MF.getNumBlockIDs(), {});
  bool Any = false;
  for (MachineBasicBlock &MBB : MF) {
    unsigned Position = 0;
    for (MachineInstr &MI : MBB) {
      Number[&MI] = ++Position;
      if (!isStatepoint(MI))
        continue;
      Sites[MBB.getNumber()].push_back(Position);
      Any = true;
    }
  }
  return Any;
}

unsigned Rematerialise::segmentOf(const MachineBasicBlock &MBB,
                                  unsigned Position) const {
  const auto &In = Sites[MBB.getNumber()];
  return std::lower_bound(In.begin(), In.end(), Position) - In.begin();
}

// Is there a path from Def to the use that passes a STATEPOINT? All paths to
// the use come from Def, so walking backwards ends there.
bool Rematerialise::crossesSite(const MachineInstr &Def,
                                const Request &R) const {
  const MachineBasicBlock *DefBlock = Def.getParent();
  if (R.MBB == DefBlock)
    return R.Segment != segmentOf(*DefBlock, Number.lookup(&Def));
  if (R.Segment != 0)
    return true;
  SmallSetVector<const MachineBasicBlock *, 32> Region;
  Region.insert(R.MBB->pred_begin(), R.MBB->pred_end());
  for (unsigned I = 0; I < Region.size(); ++I) {
    const MachineBasicBlock *MBB = Region[I];
    size_t Count = Sites[MBB->getNumber()].size();
    if (MBB == DefBlock) {
      if (segmentOf(*MBB, Number.lookup(&Def)) != Count)
        return true;
      continue;
    }
    if (Count != 0)
      return true;
    Region.insert(MBB->pred_begin(), MBB->pred_end());
  }
  return false;
}

// A phi reads its operand at the end of the predecessor.
Request Rematerialise::requestFor(MachineOperand &Use) {
  MachineInstr *User = Use.getParent();
  if (!User->isPHI()) {
    if (User->isTerminator())
      return {&Use, User->getParent(), nullptr, ~0u,
              segmentOf(*User->getParent(), ~0u)};
    unsigned Position = Number.lookup(User);
    return {&Use, User->getParent(), User, Position,
            segmentOf(*User->getParent(), Position)};
  }
  MachineBasicBlock *Pred = User->getOperand(Use.getOperandNo() + 1).getMBB();
  return {&Use, Pred, nullptr, ~0u, segmentOf(*Pred, ~0u)};
}

// Moves the request out of loops that have no call site: the back end hoisted
// the value out of them for a reason.
void Rematerialise::hoist(const MachineInstr &Def, Request &R) const {
  if (R.Segment != 0)
    return;
  MachineLoop *Loop = Loops->getLoopFor(R.MBB);
  for (; Loop && !Loop->contains(Def.getParent());
       Loop = Loop->getParentLoop()) {
    for (const MachineBasicBlock *MBB : Loop->blocks())
      if (!Sites[MBB->getNumber()].empty())
        return;
    MachineBasicBlock *Preheader = Loop->getLoopPreheader();
    if (!Preheader)
      return;
    R.MBB = Preheader;
    R.Before = nullptr;
    R.Position = ~0u;
    R.Segment = segmentOf(*Preheader, ~0u);
  }
}

// Flags may be live all through a block that select made of one with a compare:
// then in the block before it, if that is the only one. Never before a STATEPOINT.
Register Rematerialise::cloneBefore(Register Reg, ClosedExpressions &Closed,
                                    MachineBasicBlock &MBB) {
  SmallPtrSet<MachineBasicBlock *, 8> Seen;
  MachineBasicBlock *Before = &MBB;
  while (Before->pred_size() == 1 && Seen.insert(Before).second) {
    Before = *Before->pred_begin();
    auto Limit = Before->getFirstNonPHI();
    for (auto I = Before->begin(); I != Before->end(); ++I)
      if (isStatepoint(*I))
        Limit = std::next(I);
    Register New =
        Closed.clone(Reg, *Before, Before->getFirstTerminator(), Limit);
    if (New || !Sites[Before->getNumber()].empty())
      return New;
  }
  return Register();
}

// All requests of a group are in one segment of one block, the first one first.
void Rematerialise::satisfy(Register Reg, ClosedExpressions &Closed,
                            ArrayRef<Request> Group) {
  const Request &First = Group.front();
  MachineBasicBlock &MBB = *First.MBB;
  auto Where =
      First.Before ? First.Before->getIterator() : MBB.getFirstTerminator();
  auto Limit = MBB.getFirstNonPHI();
  unsigned Left = First.Segment;
  for (auto I = MBB.begin(); Left != 0; ++I)
    if (isStatepoint(*I) && --Left == 0)
      Limit = std::next(I);
  Register New = Closed.clone(Reg, MBB, Where, Limit);
  if (!New && First.Segment == 0)
    New = cloneBefore(Reg, Closed, MBB);
  if (!New)
    return;
  for (const Request &R : Group) {
    R.Use->setReg(New);
    R.Use->setIsKill(false);
    ++attempt().Counts[NumRematUses];
  }
}

void Rematerialise::rewriteUses(MachineInstr &Def, Register Reg,
                                ClosedExpressions &Closed) {
  SmallVector<Request, 8> Requests;
  for (MachineOperand &Use : MRI->use_nodbg_operands(Reg)) {
    // Copies made in this run have no number. They are of other registers, next
    // to a use of theirs that was looked at already.
    if (Use.isUndef() || !Number.count(Use.getParent()))
      continue;
    Request R = requestFor(Use);
    if (!crossesSite(Def, R))
      continue;
    hoist(Def, R);
    Requests.push_back(R);
  }
  if (Requests.empty())
    return;
  llvm::sort(Requests, [](const Request &A, const Request &B) {
    return std::make_pair(A.MBB->getNumber(), A.Position) <
           std::make_pair(B.MBB->getNumber(), B.Position);
  });
  MRI->clearKillFlags(Reg);
  for (size_t I = 0; I < Requests.size();) {
    size_t End = I + 1;
    while (End < Requests.size() && Requests[End].MBB == Requests[I].MBB &&
           Requests[End].Segment == Requests[I].Segment)
      ++End;
    satisfy(Reg, Closed, ArrayRef(Requests).slice(I, End - I));
    I = End;
  }
}

void Rematerialise::processFunction(MachineFunction &MF) {
  ClosedExpressions Closed(MF);
  SmallVector<Register, 64> Work;
  for (unsigned I = 0, E = MRI->getNumVirtRegs(); I < E; ++I) {
    Register Reg = Register::index2VirtReg(I);
    if (!MRI->use_nodbg_empty(Reg) && MRI->hasOneDef(Reg) && Closed.root(Reg))
      Work.push_back(Reg);
  }
  unsigned Before = MRI->getNumVirtRegs();
  for (Register Reg : reverse(Work)) // users before operands, mostly
    rewriteUses(*MRI->getVRegDef(Reg), Reg, Closed);
  for (unsigned I = Before; I < MRI->getNumVirtRegs(); ++I)
    Work.push_back(Register::index2VirtReg(I));
  attempt().Counts[NumRematClones] += Closed.clonedInstructions();
  // What has lost its last use.
  bool Changed = true;
  while (Changed) {
    Changed = false;
    for (Register &Reg : Work) {
      if (!Reg || !MRI->hasOneDef(Reg) || !MRI->use_nodbg_empty(Reg))
        continue;
      MRI->markUsesInDebugValueAsUndef(Reg);
      MRI->getVRegDef(Reg)->eraseFromParent();
      ++attempt().Counts[NumRematErased];
      Reg = Register();
      Changed = true;
    }
  }
}

// A defect that a test plants: the values a statepoint redefines are read from
// before it (so it does not describe what is live across it).
void Rematerialise::dropLiveValues(MachineFunction &MF) {
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB) {
      if (!isStatepoint(MI) || MI.getNumExplicitDefs() == 0)
        continue;
      for (unsigned I = 0; I < MI.getNumExplicitDefs(); ++I) {
        Register Before = MI.getOperand(MI.findTiedOperandIdx(I)).getReg();
        Register After = MI.getOperand(I).getReg();
        MRI->constrainRegClass(Before, MRI->getRegClass(After));
        MRI->clearKillFlags(Before);
        SmallVector<MachineOperand *, 8> Uses;
        for (MachineOperand &Use : MRI->use_operands(After))
          Uses.push_back(&Use);
        for (MachineOperand *Use : Uses)
          Use->setReg(Before);
      }
    }
}

bool Rematerialise::runOnMachineFunction(MachineFunction &MF) {
  ++attempt().Counts[NumFunctions];
  MRI = &MF.getRegInfo();
  if (!findSites(MF))
    return false;
  ++attempt().Counts[NumStatepointFunctions];
  auto Start = std::chrono::steady_clock::now();
  PassLimit &Limit = passLimit();
  if (!Limit.isSet())
    recordSites(MF);
  if (Limit.allows("undefined values", MF.getName()))
    defineLiveValues(MF);
  nameFrameAccesses(MF);
  // LiveVariables makes them anew; some that LLVM's passes leave are wrong (a
  // register used again in the next iteration, behind AArch64's peepholes).
  for (unsigned I = 0, E = MRI->getNumVirtRegs(); I < E; ++I)
    MRI->clearKillFlags(Register::index2VirtReg(I));
  Loops = &getAnalysis<MachineLoopInfoWrapperPass>().getLI();
  // A STATEPOINT asks for a frame pointer, as if its frame could vary. Ours
  // cannot (verify.cpp makes sure), so the register is free for values.
  MF.getFrameInfo().setHasPatchPoint(false);
  MF.getFrameInfo().setHasStackMap(false);
  MRI->freezeReservedRegs();
  Fault Planted = attempt().Opts->PlantedFault;
  if (Planted == Fault::DropLiveValue || Planted == Fault::RebuildNever)
    dropLiveValues(MF);
  // The last is as if a pass of the first attempt had undone this one.
  if (Planted != Fault::SkipRemat &&
      Limit.allows("rematerialisation", MF.getName()) &&
      !(Planted == Fault::RebuildRemat &&
        attempt().Fallbacks.lookup(MF.getName()) == FallbackNone))
    processFunction(MF);
  if (attempt().Opts->VerifyMachine &&
      !MF.verify(this, "after Popcorn rematerialisation",
                 /*AbortOnError=*/false))
    addViolation(MF, nullptr, "LLVM's machine verifier rejects it");
  attempt().Counts[NumMicrosRemat] +=
      std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::steady_clock::now() - Start)
          .count();
  return true;
}
