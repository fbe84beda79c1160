//===- passes.h - the machine passes of popcorn-codegen -------------------===//
#ifndef POPCORN_CODEGEN_PASSES_H
#define POPCORN_CODEGEN_PASSES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/CodeGen/Register.h"
#include <string>

namespace llvm {
class FunctionPass;
class MachineFunction;
class MachineInstr;
class MachineOperand;
class PassRegistry;
void initializeRematerialisePass(PassRegistry &);
void initializeSplitSitesPass(PassRegistry &);
void initializeVerifyAllocationPass(PassRegistry &);
} // namespace llvm

namespace popcorn {

enum class Fault;

extern char &SplitSitesID;
extern char &RematerialiseID;
extern char &VerifyAllocationID;
llvm::FunctionPass *createVerifyFinalPass();

// One gc-live entry of a STATEPOINT.
struct LiveValue {
  enum Kind { InRegister, InSlot, Constant } Where;
  unsigned OperandIndex; // of the register, of a slot's base, of the constant
};
// Entries in frame-map order. False if the instruction is malformed.
bool liveValues(const llvm::MachineInstr &Statepoint,
                llvm::SmallVectorImpl<LiveValue> &Values);
bool isStatepoint(const llvm::MachineInstr &MI);
// "call site 12 (calls foo)"
std::string describeStatepoint(const llvm::MachineInstr &Statepoint);
std::string printInstr(const llvm::MachineInstr &MI);

// After register allocation: makes the code wrong in one way. plant.cpp
void plantFault(llvm::MachineFunction &MF, Fault What);

void addViolation(const llvm::MachineFunction &MF,
                  const llvm::MachineInstr *Statepoint, std::string Text);
// The same, for a function that has to be split.
void addTooLarge(const llvm::MachineFunction &MF,
                 const llvm::MachineInstr *Statepoint, std::string Text);
// So many in this function that more would tell nothing new.
bool enoughViolations(const llvm::MachineFunction &MF);

// After instruction selection: notes what each record will list. site_records.cpp
void recordSites(llvm::MachineFunction &MF);
// There too: a live value that selection left undefined becomes zero.
void defineLiveValues(llvm::MachineFunction &MF); // undefined_values.cpp
// There too: each access to the frame says which object. frame_accesses.cpp
void nameFrameAccesses(llvm::MachineFunction &MF);
// Work on physical registers, before and after frame layout.
void verifyRegisters(const llvm::MachineFunction &MF); // verify_registers.cpp
void verifySlots(const llvm::MachineFunction &MF);     // verify_slots.cpp
void verifyAddresses(const llvm::MachineFunction &MF); // verify_addresses.cpp
// Of every function, with call sites or without. store_status.cpp
void verifyStoreStatus(const llvm::MachineFunction &MF);

} // namespace popcorn

#endif
