// Copies and fills of unknown or great length get points in between: memcpy
// and its like may be called by a back end at any place, so they have none.
//
//   small:  the call as it was          up to a piece: one comparison more
//   else    left := length
//           do piece := min(left, PieceBytes), left -= piece,
//              copy or fill it, poll
//           while left != 0
//
// memmove goes from the end when the destination is inside the source's
// range: destination - source < length, unsigned.
#include "internal.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace popcorn {

static bool isLong(const MemIntrinsic &I, uint64_t PieceBytes) {
  auto *Length = dyn_cast<ConstantInt>(I.getLength());
  return !I.isVolatile() && !isa<MemCpyInlineInst>(I) &&
         !isa<MemSetInlineInst>(I) &&
         (!Length || Length->getValue().ugt(PieceBytes));
}

// Bytes [Offset, Offset + Bytes) of what I does.
static void emitPiece(IRBuilder<> &B, MemIntrinsic &I, Value *Offset,
                      Value *Bytes, uint64_t PieceBytes) {
  // Backwards, pieces start anywhere.
  bool Ordered = !isa<MemMoveInst>(I);
  auto alignOf = [&](MaybeAlign A) {
    return Ordered ? commonAlignment(A.valueOrOne(), PieceBytes) : Align(1);
  };
  auto at = [&](Value *Base) { return B.CreatePtrAdd(Base, Offset); };
  Value *To = at(I.getRawDest());
  Align ToAlign = alignOf(I.getDestAlign());
  if (auto *Fill = dyn_cast<MemSetInst>(&I)) {
    B.CreateMemSet(To, Fill->getValue(), Bytes, ToAlign);
    return;
  }
  auto &Copy = cast<MemTransferInst>(I);
  Value *From = at(Copy.getRawSource());
  Align FromAlign = alignOf(Copy.getSourceAlign());
  if (Ordered)
    B.CreateMemCpy(To, ToAlign, From, FromAlign, Bytes);
  else
    B.CreateMemMove(To, ToAlign, From, FromAlign, Bytes);
}

// Null: never.
static Value *goesBackwards(IRBuilder<> &B, MemIntrinsic &I) {
  auto *Move = dyn_cast<MemMoveInst>(&I);
  if (!Move)
    return nullptr;
  Type *Word = Move->getLength()->getType();
  Value *Distance = B.CreateSub(B.CreatePtrToInt(Move->getRawDest(), Word),
                                B.CreatePtrToInt(Move->getRawSource(), Word));
  return B.CreateICmpULT(Distance, Move->getLength());
}

static void divide(State &S, MemIntrinsic &I) {
  LLVMContext &C = S.M.getContext();
  uint64_t PieceBytes = S.Options.PieceBytes;
  Value *Length = I.getLength();
  Value *Limit = ConstantInt::get(Length->getType(), PieceBytes);

  IRBuilder<> B(&I);
  Value *Long = B.CreateICmpUGT(Length, Limit);
  Instruction *InPieces, *Small;
  SplitBlockAndInsertIfThenElse(Long, I.getIterator(), &InPieces, &Small,
                                MDBuilder(C).createUnlikelyBranchWeights());
  BasicBlock *Entry = InPieces->getParent();
  BasicBlock *Done = I.getParent();

  B.SetInsertPoint(InPieces);
  B.SetCurrentDebugLocation(I.getDebugLoc());
  Value *Backwards = goesBackwards(B, I);
  BasicBlock *Piece = SplitBlock(Entry, InPieces);
  Piece->setName("piece");

  B.SetInsertPoint(InPieces);
  B.SetCurrentDebugLocation(I.getDebugLoc());
  PHINode *Left = B.CreatePHI(Length->getType(), 2, "left");
  Value *Bytes = B.CreateBinaryIntrinsic(Intrinsic::umin, Left, Limit);
  Value *Rest = B.CreateSub(Left, Bytes);
  Value *Offset = B.CreateSub(Length, Left);
  if (Backwards)
    Offset = B.CreateSelect(Backwards, Rest, Offset);
  emitPiece(B, I, Offset, Bytes, PieceBytes);
  Value *More = B.CreateICmpNE(Rest, ConstantInt::get(Rest->getType(), 0));
  BranchInst *Again = B.CreateCondBr(More, Piece, Done);
  InPieces->eraseFromParent();
  insertPoll(S, cast<Instruction>(More));
  Left->addIncoming(Length, Entry);
  Left->addIncoming(Rest, Again->getParent());

  I.moveBefore(Small);
  S.Report.DividedBlocks++;
}

void divideLongBlocks(State &S, Function &F) {
  SmallVector<MemIntrinsic *, 8> Long;
  for (Instruction &I : instructions(F)) {
    auto *Block = dyn_cast<MemIntrinsic>(&I);
    if (Block && isLong(*Block, S.Options.PieceBytes))
      Long.push_back(Block);
  }
  for (MemIntrinsic *I : Long)
    divide(S, *I);
}

} // namespace popcorn
