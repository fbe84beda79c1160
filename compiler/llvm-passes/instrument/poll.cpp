// A migration point: the poll of one word, and the slow path behind it; and the
// mark of a latch that needs none.
#include "internal.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace popcorn {

CallInst *insertPoll(State &S, Instruction *Where) {
  LLVMContext &C = S.M.getContext();
  IRBuilder<> B(Where);
  if (!B.getCurrentDebugLocation() && Where->getFunction()->getSubprogram()) {
    // Calls in a function with debug information must have a location.
    DISubprogram *SP = Where->getFunction()->getSubprogram();
    B.SetCurrentDebugLocation(DILocation::get(C, SP->getLine(), 0, SP));
  }
  auto *Word =
      cast<GlobalVariable>(S.M.getOrInsertGlobal(PollWordName, B.getInt32Ty()));
  Word->setDSOLocal(true);
  FunctionCallee Slow = S.M.getOrInsertFunction(PollSlowName, B.getVoidTy());
  auto *Load = B.CreateAlignedLoad(B.getInt32Ty(), Word, Align(4), true);
  Value *Requested = B.CreateICmpNE(Load, B.getInt32(0));
  MDNode *Unlikely = MDBuilder(C).createUnlikelyBranchWeights();
  Instruction *Then =
      SplitBlockAndInsertIfThen(Requested, Where, false, Unlikely);
  CallInst *Call = CallInst::Create(Slow, "", Then->getIterator());
  Call->setCallingConv(CallingConv::PreserveMost);
  Call->setDebugLoc(B.getCurrentDebugLocation());
  return Call;
}

void markBounded(Instruction *Latch, BasicBlock *Header) {
  LLVMContext &C = Latch->getContext();
  unsigned Index = 0;
  while (Latch->getSuccessor(Index) != Header)
    Index++;
  auto *Number = ConstantInt::get(Type::getInt32Ty(C), Index);
  Latch->setMetadata(BoundedMetadata,
                     MDNode::get(C, ConstantAsMetadata::get(Number)));
}

} // namespace popcorn
