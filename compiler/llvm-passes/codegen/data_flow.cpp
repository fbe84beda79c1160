//===- data_flow.cpp - what holds before and after each instruction -------===//
//
// See data_flow.h.
//
//===----------------------------------------------------------------------===//
#include "data_flow.h"
#include "passes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include <deque>

using namespace llvm;

namespace popcorn {

DataFlow::DataFlow(const MachineFunction &MF, Direction Way, BitVector Start,
                   Step Cross)
    : MF(MF), Way(Way), Start(std::move(Start)), Cross(std::move(Cross)),
      Result(MF.getNumBlockIDs(), BitVector(this->Start.size())) {
  std::deque<const MachineBasicBlock *> Work;
  BitVector Waiting(MF.getNumBlockIDs(), true);
  for (const MachineBasicBlock &MBB : MF)
    Way == Forward ? Work.push_back(&MBB) : Work.push_front(&MBB);
  while (!Work.empty()) {
    const MachineBasicBlock &MBB = *Work.front();
    Work.pop_front();
    Waiting.reset(MBB.getNumber());
    BitVector Facts = arriving(MBB);
    if (Way == Forward)
      for (const MachineInstr &MI : MBB)
        this->Cross(MI, Facts);
    else
      for (const MachineInstr &MI : reverse(MBB))
        this->Cross(MI, Facts);
    BitVector &Old = Result[MBB.getNumber()];
    if (Facts == Old)
      continue;
    Old = std::move(Facts);
    auto Again = [&](const MachineBasicBlock *Next) {
      if (!Waiting.test(Next->getNumber())) {
        Waiting.set(Next->getNumber());
        Work.push_back(Next);
      }
    };
    Way == Forward ? for_each(MBB.successors(), Again)
                   : for_each(MBB.predecessors(), Again);
  }
}

BitVector DataFlow::arriving(const MachineBasicBlock &MBB) const {
  bool AtStart = Way == Forward ? &MBB == &MF.front() : MBB.succ_empty();
  BitVector Facts = AtStart ? Start : BitVector(Start.size());
  if (Way == Forward)
    for (const MachineBasicBlock *Pred : MBB.predecessors())
      Facts |= Result[Pred->getNumber()];
  else
    for (const MachineBasicBlock *Succ : MBB.successors())
      Facts |= Result[Succ->getNumber()];
  return Facts;
}

void DataFlow::visit(const MachineBasicBlock &MBB, Visitor Visit) const {
  BitVector Facts = arriving(MBB);
  auto One = [&](const MachineInstr &MI) {
    Visit(MI, Facts);
    Cross(MI, Facts);
  };
  Way == Forward ? for_each(MBB, One) : for_each(reverse(MBB), One);
}

void forEachSite(const MachineFunction &MF, const DataFlow &Live,
                 const DataFlow &Defined,
                 function_ref<void(const MachineInstr &, const BitVector &,
                                   const BitVector &)>
                     Check) {
  for (const MachineBasicBlock &MBB : MF) {
    if (none_of(MBB, isStatepoint))
      continue;
    SmallVector<BitVector, 4> Before;
    Defined.visit(MBB, [&](const MachineInstr &MI, const BitVector &Facts) {
      if (isStatepoint(MI))
        Before.push_back(Facts);
    });
    Live.visit(MBB, [&](const MachineInstr &MI, const BitVector &Facts) {
      if (isStatepoint(MI) && !enoughViolations(MF))
        Check(MI, Facts, Before.back());
      if (isStatepoint(MI))
        Before.pop_back();
    });
  }
}

} // namespace popcorn
