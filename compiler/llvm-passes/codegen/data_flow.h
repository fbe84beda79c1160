//===- data_flow.h - what holds before and after each instruction ---------===//
//
// The verifiers' only walk over blocks. A fact is a bit; a step changes the
// facts across one instruction; where paths meet, a fact holds if it holds on
// one of them. Solved from the instructions alone, until nothing changes.
//
//===----------------------------------------------------------------------===//
#ifndef POPCORN_CODEGEN_DATA_FLOW_H
#define POPCORN_CODEGEN_DATA_FLOW_H

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <functional>
#include <vector>

namespace llvm {
class MachineBasicBlock;
class MachineFunction;
class MachineInstr;
} // namespace llvm

namespace popcorn {

class DataFlow {
public:
  enum Direction { Forward, Backward };
  using Step =
      std::function<void(const llvm::MachineInstr &, llvm::BitVector &)>;
  using Visitor = llvm::function_ref<void(const llvm::MachineInstr &,
                                          const llvm::BitVector &)>;

  // Solves at once. Start: what holds at the function's entry if Forward, and at
  // its ends if Backward; it has one bit per fact.
  DataFlow(const llvm::MachineFunction &MF, Direction Way,
           llvm::BitVector Start, Step Cross);
  // The instructions of MBB in the flow's direction, each with what holds where
  // the flow reaches it: before it if Forward, after it if Backward.
  void visit(const llvm::MachineBasicBlock &MBB, Visitor Visit) const;

private:
  const llvm::MachineFunction &MF;
  Direction Way;
  llvm::BitVector Start;
  Step Cross;
  std::vector<llvm::BitVector> Result; // by block number, where the flow leaves

  llvm::BitVector arriving(const llvm::MachineBasicBlock &MBB) const;
};

// Calls Check for each STATEPOINT, with what Live says after it and what
// Defined says before it.
void forEachSite(const llvm::MachineFunction &MF, const DataFlow &Live,
                 const DataFlow &Defined,
                 llvm::function_ref<void(const llvm::MachineInstr &,
                                         const llvm::BitVector &LiveAfter,
                                         const llvm::BitVector &DefinedBefore)>
                     Check);

} // namespace popcorn

#endif
