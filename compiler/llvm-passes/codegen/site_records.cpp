//===- site_records.cpp - every ISA lists the same live values ------------===//
//
// A record has one entry per gc.relocate that reached instruction selection,
// less those whose values are one and the same there. Both could differ from
// ISA to ISA: passes of a back end may drop or merge a value. So each child
// notes, per call site, which relocates there are, in the order LLVM takes them,
// and how many entries the record has; the parent compares.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "passes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Statepoint.h"

using namespace llvm;

namespace popcorn {

static const uint64_t HashSeed = 14695981039346656037u; // FNV-1a
static const uint64_t HashPrime = 1099511628211u;

static uint64_t hashRelocates(const MachineFunction &MF,
                              const GCStatepointInst &SP) {
  uint64_t Hash = HashSeed;
  unsigned Last = 0;
  for (const User *U : SP.users()) {
    auto *Relocate = dyn_cast<GCRelocateInst>(U);
    if (!Relocate)
      continue;
    unsigned Index = Relocate->getDerivedPtrIndex();
    if (Index < Last)
      addViolation(MF, nullptr, "live values of call site " +
                                    std::to_string(uint32_t(SP.getID())) +
                                    " are out of order");
    Last = Index;
    Hash = (Hash ^ Index) * HashPrime;
  }
  return Hash;
}

void recordSites(const MachineFunction &MF) {
  DenseMap<uint64_t, uint64_t> HashOfId;
  for (const Instruction &I : instructions(MF.getFunction()))
    if (auto *SP = dyn_cast<GCStatepointInst>(&I))
      HashOfId[SP->getID()] = hashRelocates(MF, *SP);
  for (const MachineBasicBlock &MBB : MF)
    for (const MachineInstr &MI : MBB) {
      if (!isStatepoint(MI))
        continue;
      StatepointOpers Opers(&MI);
      SiteRecord R;
      R.Site = uint32_t(Opers.getID());
      R.Values = MI.getOperand(Opers.getNumGcMapEntriesIdx()).getImm();
      R.Hash = HashOfId.lookup(Opers.getID());
      R.Function = MF.getName().str();
      attempt().Sites.push_back(std::move(R));
    }
}

} // namespace popcorn
