//===- labels.cpp - label addresses become small integers -----------------===//
//
// &&label would be a code address in the middle of a function, different on
// each ISA.  The labels of a function are numbered from 1 (0 stays distinct,
// programs test for it); `goto *p` becomes a switch over the numbers.  Tables of
// labels and of label differences in static initialisers become tables of
// numbers and of their differences.  The switch has an unreachable default, so
// that the back end makes the same indirect branch without a range check.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

using LabelNumbers = MapVector<BasicBlock *, uint64_t>;

static LabelNumbers numberLabels(Function &F) {
  LabelNumbers Numbers;
  for (BasicBlock &BB : F)
    if (BB.hasAddressTaken())
      if (BlockAddress::lookup(&BB))
        Numbers.insert({&BB, Numbers.size() + 1});
  return Numbers;
}

// No label is 0, so it may lead anywhere; a case for it spares the back end a
// subtraction before each jump.
static void addZeroCase(SwitchInst &Switch, BasicBlock &To) {
  for (PHINode &Phi : To.phis())
    Phi.addIncoming(Phi.getIncomingValueForBlock(Switch.getParent()),
                    Switch.getParent());
  Switch.addCase(ConstantInt::get(Type::getInt64Ty(To.getContext()), 0), &To);
}

static void lowerIndirectBranch(IndirectBrInst *IBI,
                                const LabelNumbers &Numbers) {
  BasicBlock *From = IBI->getParent();
  Function *F = From->getParent();
  LLVMContext &C = F->getContext();
  // Each successor keeps one edge; PHIs have had an entry for each.
  SmallPtrSet<BasicBlock *, 8> Seen;
  SmallVector<BasicBlock *> Targets;
  for (unsigned I = 0; I < IBI->getNumDestinations(); ++I) {
    BasicBlock *To = IBI->getDestination(I);
    if (Numbers.contains(To) && Seen.insert(To).second)
      Targets.push_back(To);
    else
      To->removePredecessor(From);
  }
  BasicBlock *Default = BasicBlock::Create(C, "no.label", F);
  new UnreachableInst(C, Default);
  IRBuilder<> B(IBI);
  Value *Number = B.CreatePtrToInt(IBI->getAddress(), B.getInt64Ty());
  SwitchInst *Switch = B.CreateSwitch(Number, Default, Targets.size());
  for (BasicBlock *To : Targets)
    Switch->addCase(B.getInt64(Numbers.lookup(To)), To);
  if (!Targets.empty())
    addZeroCase(*Switch, *Targets.front());
  IBI->eraseFromParent();
}

void popcorn::lowerLabels(Module &M) {
  Type *I64 = Type::getInt64Ty(M.getContext());
  Type *Ptr = PointerType::getUnqual(M.getContext());
  for (Function &F : M) {
    LabelNumbers Numbers = numberLabels(F);
    SmallVector<IndirectBrInst *> Branches;
    for (BasicBlock &BB : F)
      if (auto *IBI = dyn_cast<IndirectBrInst>(BB.getTerminator()))
        Branches.push_back(IBI);
    for (IndirectBrInst *IBI : Branches)
      lowerIndirectBranch(IBI, Numbers);
    for (auto [BB, Number] : Numbers) {
      BlockAddress *BA = BlockAddress::lookup(BB);
      BA->replaceAllUsesWith(
          ConstantExpr::getIntToPtr(ConstantInt::get(I64, Number), Ptr));
      BA->destroyConstant();
    }
  }
}
