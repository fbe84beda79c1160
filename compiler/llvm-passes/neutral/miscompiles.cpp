//===- miscompiles.cpp - what LLVM 19.1.7 would get wrong behind us -------===//
//
// Rewrites at pipeline start that keep the optimiser from known miscompilations,
// where no option does. docs/codegen.md, "Miscompiles of 19.1.7", lists them all.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace {

// LLVM 116668: alias analysis takes a call of setjmp not to change memory that
// has not escaped, though what ran until the longjmp may have. So every pointer
// to such memory escapes: results of calls (malloc and what is inlined later;
// which of them are fresh memory is not known yet) and restrict parameters.
void escapeAcrossSetjmp(Function &F) {
  if (!F.callsFunctionThatReturnsTwice())
    return;
  SmallVector<Value *, 8> Pointers;
  for (Argument &A : F.args())
    if (A.hasNoAliasAttr())
      Pointers.push_back(&A);
  for (Instruction &I : instructions(F))
    if (isa<CallInst>(I) && !I.isDebugOrPseudoInst() &&
        I.getType()->isPointerTy())
      Pointers.push_back(&I);
  if (Pointers.empty())
    return;
  IRBuilder<> Entry(&F.getEntryBlock(),
                    F.getEntryBlock().getFirstInsertionPt());
  AllocaInst *Escaped = Entry.CreateAlloca(Entry.getPtrTy());
  for (Value *Pointer : Pointers) {
    auto *Call = dyn_cast<CallInst>(Pointer);
    IRBuilder<> B(Call ? Call->getNextNode() : Escaped->getNextNode());
    B.CreateStore(Pointer, Escaped, /*isVolatile=*/true);
  }
}

// LLVM 214650: VectorCombine takes a lane number for signed, so that lane 1 of a
// _Bool index is lane -1.
void widenLaneNumber(Instruction &I) {
  unsigned Operand;
  if (isa<ExtractElementInst>(I))
    Operand = 1;
  else if (isa<InsertElementInst>(I))
    Operand = 2;
  else
    return;
  Value *Lane = I.getOperand(Operand);
  IRBuilder<> B(&I);
  if (Lane->getType()->getIntegerBitWidth() < 64)
    I.setOperand(Operand, B.CreateZExt(Lane, B.getInt64Ty()));
}

} // namespace

void popcorn::avoidMiscompiles(Module &M) {
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    for (Instruction &I : make_early_inc_range(instructions(F)))
      widenLaneNumber(I);
    escapeAcrossSetjmp(F);
  }
}
