//===- split_sites.cpp - a block of its own for each call site ------------===//
//
// Instruction selection looks at one block at a time and merges what it finds
// equal in it: two live values of a call site that are computed in its block
// can become one entry of its record, on one ISA and not on another. Values
// from other blocks come in a register each. So, after CodeGenPrepare (which
// would undo it), each STATEPOINT starts a block. Register coalescing and block
// placement remove every trace of that.
//
// RegisterCoalescer and StackSlotColoring leave a function alone that calls what
// returns twice, for a register or slot could be another variable's by the time
// of the second return. Here nothing is live across such a call (setjmp.cpp), as
// its record says and the verifiers of machine code check, so selection is not
// told of it. (A function of 300 calls had 12,000 slots.)
//
//===----------------------------------------------------------------------===//
#include "passes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/Pass.h"
#include "llvm/PassRegistry.h"

using namespace llvm;

namespace {
struct SplitSites : FunctionPass {
  static char ID;
  SplitSites() : FunctionPass(ID) {}
  StringRef getPassName() const override {
    return "Popcorn blocks for call sites";
  }
  bool runOnFunction(Function &F) override;
};
} // namespace

char SplitSites::ID = 0;
INITIALIZE_PASS(SplitSites, "popcorn-split", "Popcorn blocks for call sites",
                false, false)
char &popcorn::SplitSitesID = SplitSites::ID;

// A live value that a back end found to be constant gets a register as well.
static void hideConstants(Instruction &Site) {
  auto &Call = cast<CallBase>(Site);
  auto Bundle = Call.getOperandBundle(LLVMContext::OB_gc_live);
  if (!Bundle)
    return;
  unsigned First = Call.getBundleOperandsStartIndex();
  for (unsigned I = First; I < Call.getBundleOperandsEndIndex(); ++I)
    if (auto *Value = dyn_cast<Constant>(Call.getOperand(I)))
      Call.setOperand(
          I, new BitCastInst(Value, Value->getType(), "", Site.getIterator()));
}

bool SplitSites::runOnFunction(Function &F) {
  SmallVector<Instruction *, 32> Sites;
  for (Instruction &I : instructions(F))
    if (isa<GCStatepointInst>(I))
      Sites.push_back(&I);
  for (Instruction *Site : Sites) {
    hideConstants(*Site);
    cast<CallBase>(Site)->removeFnAttr(Attribute::ReturnsTwice);
    if (Site != &Site->getParent()->front())
      Site->getParent()->splitBasicBlock(Site);
  }
  return !Sites.empty();
}
