// Where a debugger finds the locals that are on the data stack.
//
// A local's place is frame base + offset as long as the function runs, but the
// base is in another register or slot after each call site, and may have been
// replaced by the caller's data-stack pointer it is computed from. So each
// variable is described again wherever one of the two is defined or redefined.
// In a function that calls setjmp this ends at the first such call.
#include "internal.h"

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace popcorn
{

// What a declaration says of its address, said of base + Bytes. A value that
// ends in a dereference is a place in memory.
static DIExpression *inFrame(DIExpression *Declared, uint64_t Bytes)
{
    DIExpression *Place =
        DIExpression::append(Declared, {dwarf::DW_OP_deref});
    return DIExpression::prepend(Place, DIExpression::ApplyOffset,
                                 int64_t(Bytes));
}

void FrameVariables::add(AllocaInst &Local, uint64_t Bytes)
{
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
                              Instruction *Where) const
{
    bool IsBase = Which == Base;
    if (Variables.empty() || (!IsBase && Which != Caller)) {
        return;
    }
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

void FrameVariables::describeAtStart() const
{
    // The base, if it has not been replaced.
    Value *First = Base ? Base : Caller;
    if (auto *I = dyn_cast_or_null<Instruction>(First)) {
        describe(I, I, I->getNextNode());
    }
}

} // namespace popcorn
