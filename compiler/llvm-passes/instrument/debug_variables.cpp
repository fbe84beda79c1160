// Where a debugger finds the locals that are on the data stack.
//
// A local's place is frame base + offset as long as the function runs, but the
// base is in another register or slot after each call site, and may have been
// replaced by the caller's data-stack pointer it is computed from. So each
// variable is described again wherever one of the two is defined or redefined,
// and where paths with different definitions meet.
// In a function that calls setjmp this ends at the first such call.
#include "internal.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace popcorn {

// What a declaration says of its address, said of base + Bytes. A value that
// ends in a dereference is a place in memory.
static DIExpression *inFrame(DIExpression *Declared, uint64_t Bytes) {
  DIExpression *Place = DIExpression::append(Declared, {dwarf::DW_OP_deref});
  return DIExpression::prepend(Place, DIExpression::ApplyOffset,
                               int64_t(Bytes));
}

void FrameVariables::add(AllocaInst &Local, uint64_t Bytes) {
  for (DbgVariableRecord *Record : findDVRDeclares(&Local)) {
    Variables.push_back({Record->getVariable(),
                         inFrame(Record->getExpression(), Bytes),
                         Record->getDebugLoc()});
    Record->eraseFromParent();
  }
  for (DbgDeclareInst *Declare : findDbgDeclares(&Local)) {
    Variables.push_back({Declare->getVariable(),
                         inFrame(Declare->getExpression(), Bytes),
                         Declare->getDebugLoc()});
    Declare->eraseFromParent();
  }
}

void FrameVariables::describe(const Value *Which, Value *Now,
                              Instruction *Where) {
  bool IsBase = Which == Base;
  if (Variables.empty() || (!IsBase && Which != Caller))
    return;
  (IsBase ? Bases : Callers).insert(Now);
  DIBuilder Builder(*Where->getModule(), false);
  for (const Variable &V : Variables) {
    DIExpression *Place = V.Place;
    if (!IsBase) {
      Place = DIExpression::prepend(Place, DIExpression::ApplyOffset,
                                    -int64_t(FrameBytes));
    }
    Builder.insertDbgValueIntrinsic(Now, V.Name, Place, V.Scope, Where);
  }
}

void FrameVariables::describeAtStart() {
  // The base, if it has not been replaced.
  Value *First = Base ? Base : Caller;
  if (auto *I = dyn_cast_or_null<Instruction>(First)) {
    // What precedes an intrinsic FastISel (-O0) puts at the block's start.
    Instruction *Where = I->getNextNode();
    while (isa<IntrinsicInst>(Where))
      Where = Where->getNextNode();
    describe(I, I, Where);
  }
}

// The phis of F that have only elements of Known and each other as inputs.
static SmallVector<PHINode *, 8> joins(Function &F,
                                       const DenseSet<Value *> &Known) {
  SetVector<Value *> Phis;
  for (BasicBlock &Block : F)
    for (PHINode &Phi : Block.phis())
      Phis.insert(&Phi);
  auto joinsOthers = [&](Value *Phi) {
    return any_of(cast<PHINode>(Phi)->incoming_values(), [&](Value *V) {
      return !Known.contains(V) && !Phis.contains(V);
    });
  };
  while (Phis.remove_if(joinsOthers)) {
  }
  SmallVector<PHINode *, 8> Out;
  for (Value *Phi : Phis)
    Out.push_back(cast<PHINode>(Phi));
  return Out;
}

void FrameVariables::describePhis(Function &F) {
  for (bool IsBase : {true, false}) {
    const Value *Which = IsBase ? Base : Caller;
    const DenseSet<Value *> &Known = IsBase ? Bases : Callers;
    if (!Known.empty())
      for (PHINode *Phi : joins(F, Known))
        describe(Which, Phi, &*Phi->getParent()->getFirstInsertionPt());
  }
}

} // namespace popcorn
