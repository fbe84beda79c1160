//===- attempt.cpp - the attempt at one ISA, and what was found -----------===//
//
// See codegen.h.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/CodeGen/MachineFunction.h"

using namespace llvm;

namespace popcorn {

Attempt &attempt() {
  static Attempt Current;
  return Current;
}

void addViolation(const MachineFunction &MF, const MachineInstr *Statepoint,
                  std::string Text) {
  if (Statepoint)
    Text = describeStatepoint(*Statepoint) + ": " + Text;
  for (char &C : Text) // one line in the report
    if (C == '\n' || C == '\t')
      C = ' ';
  attempt().Violations.push_back({MF.getName().str(), std::move(Text)});
}

void addTooLarge(const MachineFunction &MF, const MachineInstr *Statepoint,
                 std::string Text) {
  addViolation(MF, Statepoint, std::move(Text) + ". Split the function");
  attempt().Violations.back().TooLarge = true;
}

bool enoughViolations(const MachineFunction &MF) {
  const size_t Enough = 40;
  const std::vector<Violation> &All = attempt().Violations;
  return All.size() >= Enough &&
         All[All.size() - Enough].Function == MF.getName();
}

} // namespace popcorn
