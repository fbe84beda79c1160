// First-class aggregates ({i64, i1}, [2 x i64], ...) taken apart, so that only
// scalars and vectors live longer than one instruction. A frame map lists
// scalars; and taking a value apart lets dead members stay unlisted.
#include "internal.h"
#include "value_slots.h"

#include "llvm/IR/ConstantFold.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace popcorn {

namespace {
using Leaves = SmallVector<Value *, 4>;

struct Scalariser {
  Function &F;
  DenseMap<Value *, Leaves> Parts;
  SmallVector<Instruction *, 16> Dead;
  SmallVector<PHINode *, 4> Phis;

  explicit Scalariser(Function &F) : F(F) {}
  const Leaves &parts(Value *V);
  Leaves makeParts(Value *V);
  Leaves extractAll(Value *V, Instruction *Where);
  Value *rebuild(Value *V, Instruction *Where);
  void run();
};
} // namespace

// The types of the leaves of T in order, with the path to each.
static void listLeaves(Type *T, SmallVectorImpl<unsigned> &Path,
                       function_ref<void(Type *, ArrayRef<unsigned>)> Visit) {
  if (!T->isAggregateType()) {
    Visit(T, Path);
    return;
  }
  unsigned Count =
      T->isStructTy() ? T->getStructNumElements() : T->getArrayNumElements();
  for (unsigned I = 0; I < Count; I++) {
    Path.push_back(I);
    listLeaves(T->isStructTy() ? T->getStructElementType(I)
                               : T->getArrayElementType(),
               Path, Visit);
    Path.pop_back();
  }
}

static void listLeaves(Type *T,
                       function_ref<void(Type *, ArrayRef<unsigned>)> Visit) {
  SmallVector<unsigned, 4> Path;
  listLeaves(T, Path, Visit);
}

// First leaf and number of leaves of the member of T that Path names.
static std::pair<unsigned, unsigned> leafRange(Type *T,
                                               ArrayRef<unsigned> Path) {
  unsigned Index = 0, First = 0, Count = 0;
  listLeaves(T, [&](Type *, ArrayRef<unsigned> Leaf) {
    if (Leaf.take_front(Path.size()) == Path) {
      First = Count == 0 ? Index : First;
      Count++;
    }
    Index++;
  });
  return {First, Count};
}

Leaves Scalariser::extractAll(Value *V, Instruction *Where) {
  Leaves Result;
  IRBuilder<> B(F.getContext());
  if (Where)
    B.SetInsertPoint(Where);
  listLeaves(V->getType(), [&](Type *, ArrayRef<unsigned> Path) {
    // Constants fold without an instruction.
    Value *Part =
        isa<Constant>(V)
            ? ConstantFoldExtractValueInstruction(cast<Constant>(V), Path)
            : B.CreateExtractValue(V, Path);
    Result.push_back(Part);
  });
  return Result;
}

Leaves Scalariser::makeParts(Value *V) {
  if (isa<Constant>(V))
    return extractAll(V, nullptr);
  if (auto *Insert = dyn_cast<InsertValueInst>(V)) {
    Leaves Result = parts(Insert->getAggregateOperand());
    auto [First, Count] = leafRange(V->getType(), Insert->getIndices());
    Value *Inserted = Insert->getInsertedValueOperand();
    if (!Inserted->getType()->isAggregateType()) {
      Result[First] = Inserted;
    } else {
      const Leaves &New = parts(Inserted);
      std::copy(New.begin(), New.end(), Result.begin() + First);
    }
    Dead.push_back(Insert);
    return Result;
  }
  if (auto *Extract = dyn_cast<ExtractValueInst>(V)) {
    Value *From = Extract->getAggregateOperand();
    auto [First, Count] = leafRange(From->getType(), Extract->getIndices());
    const Leaves &All = parts(From);
    Dead.push_back(Extract);
    return Leaves(All.begin() + First, All.begin() + First + Count);
  }
  if (auto *Select = dyn_cast<SelectInst>(V)) {
    Leaves True = parts(Select->getTrueValue());
    Leaves False = parts(Select->getFalseValue());
    IRBuilder<> B(Select);
    for (unsigned I = 0; I < True.size(); I++)
      True[I] = B.CreateSelect(Select->getCondition(), True[I], False[I]);
    Dead.push_back(Select);
    return True;
  }
  if (auto *Freeze = dyn_cast<FreezeInst>(V)) {
    Leaves Result = parts(Freeze->getOperand(0));
    IRBuilder<> B(Freeze);
    for (Value *&Part : Result)
      Part = B.CreateFreeze(Part);
    Dead.push_back(Freeze);
    return Result;
  }
  if (auto *Phi = dyn_cast<PHINode>(V)) {
    // Filled in at the end: the operands may depend on this phi.
    Leaves Result;
    IRBuilder<> B(Phi);
    listLeaves(Phi->getType(), [&](Type *T, ArrayRef<unsigned>) {
      Result.push_back(B.CreatePHI(T, Phi->getNumIncomingValues()));
    });
    Phis.push_back(Phi);
    Dead.push_back(Phi);
    return Result;
  }
  return extractAll(V, firstAfter(V, F));
}

const Leaves &Scalariser::parts(Value *V) {
  auto It = Parts.find(V);
  if (It == Parts.end()) {
    Leaves Made = makeParts(V);
    It = Parts.insert({V, std::move(Made)}).first;
  }
  return It->second;
}

Value *Scalariser::rebuild(Value *V, Instruction *Where) {
  const Leaves All = parts(V);
  Value *Result = PoisonValue::get(V->getType());
  IRBuilder<> B(Where);
  unsigned Index = 0;
  listLeaves(V->getType(), [&](Type *, ArrayRef<unsigned> Path) {
    Result = B.CreateInsertValue(Result, All[Index++], Path);
  });
  return Result;
}

static bool isTakenApart(const Instruction &I) {
  return isa<InsertValueInst, ExtractValueInst, SelectInst, FreezeInst,
             PHINode>(I);
}

void Scalariser::run() {
  SmallVector<Instruction *, 32> Users;
  for (Instruction &I : instructions(F)) {
    if (any_of(I.operands(),
               [](const Use &U) { return U->getType()->isAggregateType(); }) &&
        !(isa<ReturnInst>(I) && I.getParent()->getTerminatingMustTailCall())) {
      Users.push_back(&I);
    }
  }
  for (Instruction *I : Users) {
    auto *Extract = dyn_cast<ExtractValueInst>(I);
    if (Extract && !I->getType()->isAggregateType()) {
      Value *From = Extract->getAggregateOperand();
      const Leaves &All = parts(From);
      Value *Leaf =
          All[leafRange(From->getType(), Extract->getIndices()).first];
      if (Leaf != Extract) {
        Extract->replaceAllUsesWith(Leaf);
        for (auto &[V, Parted] : Parts) {
          std::replace(Parted.begin(), Parted.end(),
                       static_cast<Value *>(Extract), Leaf);
        }
        Dead.push_back(Extract);
      }
    } else if (isTakenApart(*I)) {
      parts(I); // even if nobody uses it: it goes
    } else {
      for (Use &U : I->operands())
        if (U->getType()->isAggregateType() && !isa<Constant>(U))
          U.set(rebuild(U, I));
    }
  }
  for (unsigned I = 0; I < Phis.size(); I++) {
    PHINode *Phi = Phis[I];
    const Leaves Made = Parts[Phi];
    for (unsigned In = 0; In < Phi->getNumIncomingValues(); In++) {
      const Leaves From = parts(Phi->getIncomingValue(In));
      for (unsigned L = 0; L < Made.size(); L++)
        cast<PHINode>(Made[L])->addIncoming(From[L], Phi->getIncomingBlock(In));
    }
  }
  for (Instruction *I : Dead) {
    I->replaceAllUsesWith(PoisonValue::get(I->getType()));
    I->eraseFromParent();
  }
}

void scalariseAggregates(Function &F) {
  Scalariser(F).run();
  // What was extracted and never asked for.
  for (Instruction &I : make_early_inc_range(instructions(F)))
    if (isa<ExtractValueInst>(I) && I.use_empty())
      I.eraseFromParent();
}

} // namespace popcorn
