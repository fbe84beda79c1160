//===- site_records.cpp - every ISA lists the same live values ------------===//
//
// A record must have one entry per gc.relocate that reached instruction
// selection, in order: split_sites.cpp keeps two of them from being merged. And
// a back end may have dropped a relocate. So each child notes, per call site,
// which relocates there are, in the order LLVM takes them, and how many entries
// the record has; the parent compares the ISAs.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/exceptions.h"
#include "passes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
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
                              const GCStatepointInst &SP, unsigned &Count) {
  uint64_t Hash = HashSeed;
  unsigned Last = 0;
  for (const User *U : SP.users()) {
    auto *Relocate = dyn_cast<GCRelocateInst>(U);
    if (!Relocate)
      continue;
    unsigned Index = Relocate->getDerivedPtrIndex();
    if (Index < Last)
      addViolation(MF, nullptr,
                   "live values of call site " +
                       std::to_string(uint32_t(SP.getID())) +
                       " are out of order");
    Last = Index;
    ++Count;
    Hash = (Hash ^ Index) * HashPrime;
  }
  return Hash;
}

// What a call may land at is there if the call is (exceptions.cpp).
static void checkLandings(const MachineFunction &MF,
                          const DenseSet<uint64_t> &Present) {
  for (const BasicBlock &Block : MF.getFunction()) {
    auto *Edge = dyn_cast<CallBrInst>(Block.getTerminator());
    if (!Edge)
      continue;
    const GCStatepointInst *Call = firstSite(Edge->getDefaultDest());
    const GCStatepointInst *Land = firstSite(Edge->getIndirectDest(0));
    if (Call && Land && Present.contains(Call->getID()) &&
        !Present.contains(Land->getID()))
      addViolation(MF, nullptr,
                   "call site " + std::to_string(uint32_t(Call->getID())) +
                       " lands at " + std::to_string(uint32_t(Land->getID())) +
                       ", which is not in the code");
  }
}

void recordSites(MachineFunction &MF) {
  struct Relocates {
    uint64_t Hash = 0;
    unsigned Count = 0;
  };
  DenseMap<uint64_t, Relocates> OfId;
  DenseSet<uint64_t> LandIds;
  for (const Instruction &I : instructions(MF.getFunction()))
    if (auto *SP = dyn_cast<GCStatepointInst>(&I)) {
      Relocates &R = OfId[SP->getID()];
      R.Hash = hashRelocates(MF, *SP, R.Count);
      if (SP->getActualCalledOperand()->getName() == LandName)
        LandIds.insert(SP->getID());
    }
  DenseSet<uint64_t> Present;
  for (MachineBasicBlock &MBB : MF)
    for (MachineInstr &MI : MBB) {
      if (!isStatepoint(MI))
        continue;
      StatepointOpers Opers(&MI);
      if (attempt().Opts->PlantedFault != Fault::LostLanding ||
          !LandIds.contains(Opers.getID()))
        Present.insert(Opers.getID());
      MachineOperand &Entries = MI.getOperand(Opers.getNumGcMapEntriesIdx());
      if (attempt().Opts->PlantedFault == Fault::DropEntry)
        Entries.setImm(Entries.getImm() - 1);
      SiteRecord R;
      R.Site = uint32_t(Opers.getID());
      R.Values = Entries.getImm();
      Relocates Expected = OfId.lookup(Opers.getID());
      R.Hash = Expected.Hash;
      if (R.Values != Expected.Count)
        addViolation(MF, &MI,
                     "its record has " + std::to_string(R.Values) +
                         " entries for " + std::to_string(Expected.Count) +
                         " live values");
      R.Function = MF.getName().str();
      attempt().Recorded.insert(R.Site);
      attempt().Sites.push_back(std::move(R));
    }
  checkLandings(MF, Present);
}

} // namespace popcorn
