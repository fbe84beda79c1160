// Vector elements with a variable index, through memory of our own.
//
// No ISA has an instruction for them: back ends store the vector to the control
// stack and address it there, with accesses that no longer say which slot they
// are of, so that nobody can tell what is live across a call site. Here the
// vector goes to a local, which moves to the data stack, or, if it is constant,
// to read-only data. An index out of range gives an arbitrary element: the
// instruction may have been hoisted, so it must not touch other memory.
#include "internal.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace popcorn {

namespace {
class VectorIndexes {
public:
  VectorIndexes(Function &F) : F(F) {}
  void run();

private:
  Function &F;
  DenseMap<Type *, AllocaInst *> Locals; // one vector at a time is in it

  AllocaInst *localOf(Type *T);
  Value *element(IRBuilder<> &B, Value *Memory, FixedVectorType *T,
                 Value *Index);
  Value *extract(IRBuilder<> &B, Value *Vector, Value *Index);
  Value *insert(IRBuilder<> &B, Value *Vector, Value *Element, Value *Index);
};
} // namespace

AllocaInst *VectorIndexes::localOf(Type *T) {
  AllocaInst *&Local = Locals[T];
  if (!Local)
    Local = new AllocaInst(T, 0, "vector", F.getEntryBlock().begin());
  return Local;
}

Value *VectorIndexes::element(IRBuilder<> &B, Value *Memory, FixedVectorType *T,
                              Value *Index) {
  uint64_t Count = T->getNumElements();
  Value *At = B.CreateZExtOrTrunc(B.CreateFreeze(Index), B.getInt64Ty());
  if (isPowerOf2_64(Count)) {
    At = B.CreateAnd(At, Count - 1);
  } else {
    At = B.CreateSelect(B.CreateICmpULT(At, B.getInt64(Count)), At,
                        B.getInt64(0));
  }
  return B.CreateGEP(T->getElementType(), Memory, At);
}

// In memory elements are whole bytes: a wider integer type if T's are not.
static FixedVectorType *inMemory(FixedVectorType *T) {
  Type *Element = T->getElementType();
  if (!Element->isIntegerTy())
    return T;
  uint64_t Bits = PowerOf2Ceil(std::max(8u, Element->getIntegerBitWidth()));
  return FixedVectorType::get(IntegerType::get(T->getContext(), Bits),
                              T->getNumElements());
}

Value *VectorIndexes::extract(IRBuilder<> &B, Value *Vector, Value *Index) {
  auto *T = cast<FixedVectorType>(Vector->getType());
  FixedVectorType *Stored = inMemory(T);
  Value *Wide = Stored == T ? Vector : B.CreateZExt(Vector, Stored);
  Value *Memory;
  if (auto *Known = dyn_cast<Constant>(Wide)) {
    auto *Table = new GlobalVariable(*F.getParent(), Stored, true,
                                     GlobalValue::InternalLinkage, Known,
                                     "popcorn.vector");
    Table->setDSOLocal(true);
    Memory = Table;
  } else {
    Memory = localOf(Stored);
    B.CreateStore(Wide, Memory);
  }
  Value *Loaded =
      B.CreateLoad(Stored->getElementType(), element(B, Memory, Stored, Index));
  return Stored == T ? Loaded : B.CreateTrunc(Loaded, T->getElementType());
}

Value *VectorIndexes::insert(IRBuilder<> &B, Value *Vector, Value *Element,
                             Value *Index) {
  auto *T = cast<FixedVectorType>(Vector->getType());
  FixedVectorType *Stored = inMemory(T);
  AllocaInst *Memory = localOf(Stored);
  B.CreateStore(Stored == T ? Vector : B.CreateZExt(Vector, Stored), Memory);
  if (Stored != T)
    Element = B.CreateZExt(Element, Stored->getElementType());
  B.CreateStore(Element, element(B, Memory, Stored, Index));
  Value *Loaded = B.CreateLoad(Stored, Memory);
  return Stored == T ? Loaded : B.CreateTrunc(Loaded, T);
}

void VectorIndexes::run() {
  SmallVector<Instruction *, 8> Work;
  for (Instruction &I : instructions(F)) {
    auto *Extract = dyn_cast<ExtractElementInst>(&I);
    auto *Insert = dyn_cast<InsertElementInst>(&I);
    Value *Index = Extract  ? Extract->getIndexOperand()
                   : Insert ? Insert->getOperand(2)
                            : nullptr;
    if (Index && !isa<Constant>(Index))
      Work.push_back(&I);
  }
  for (Instruction *I : Work) {
    IRBuilder<> B(I);
    Value *New =
        isa<ExtractElementInst>(I)
            ? extract(B, I->getOperand(0), I->getOperand(1))
            : insert(B, I->getOperand(0), I->getOperand(1), I->getOperand(2));
    New->takeName(I);
    I->replaceAllUsesWith(New);
    I->eraseFromParent();
  }
}

void lowerVectorIndexes(Function &F) { VectorIndexes(F).run(); }

} // namespace popcorn
