//===- wide_returns.cpp - explicit sret for wide aggregates ---------------===//
//
// AAPCS64 returns homogeneous aggregates of up to four members in registers.
// The x86-64 back end would use x87 registers for the third or a hidden
// pointer, so the two ISAs would not have the same calls.  Such a value goes
// through an explicit pointer to a buffer of the caller, as its first argument.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using popcorn::createLike;

static uint64_t countScalars(Type *T) {
  if (auto *S = dyn_cast<StructType>(T)) {
    uint64_t N = 0;
    for (Type *E : S->elements())
      N += countScalars(E);
    return N;
  }
  if (auto *A = dyn_cast<ArrayType>(T))
    return A->getNumElements() * countScalars(A->getElementType());
  return 1;
}

bool popcorn::isWideReturn(const FunctionType &FT) {
  Type *RT = FT.getReturnType();
  return RT->isAggregateType() && countScalars(RT) > 2;
}

static FunctionType *withSret(FunctionType *FT) {
  SmallVector<Type *> Params{PointerType::getUnqual(FT->getContext())};
  Params.append(FT->param_begin(), FT->param_end());
  return FunctionType::get(Type::getVoidTy(FT->getContext()), Params,
                           FT->isVarArg());
}

// The callee now writes memory: facts about what it touches no longer hold.
static AttributeList withSret(const Module &M, AttributeList Old,
                              unsigned NumParams, Type *RT) {
  LLVMContext &C = M.getContext();
  AttrBuilder Ret(C);
  Ret.addStructRetAttr(RT);
  Ret.addAlignmentAttr(M.getDataLayout().getABITypeAlign(RT));
  Ret.addAttribute(Attribute::NoAlias);
  Ret.addAttribute(Attribute::NoCapture);
  SmallVector<AttributeSet> Params{AttributeSet::get(C, Ret)};
  for (unsigned I = 0; I < NumParams; ++I)
    Params.push_back(
        Old.getParamAttrs(I).removeAttribute(C, Attribute::Returned));
  AttributeSet Fn = Old.getFnAttrs()
                        .removeAttribute(C, Attribute::Memory)
                        .removeAttribute(C, Attribute::Speculatable);
  return AttributeList::get(C, Fn, AttributeSet(), Params);
}

// The callee of a tail call writes where its caller was to: `ret` follows.
static void passResultOn(Module &M, CallInst *CI, Argument *Result, Type *RT) {
  SmallVector<Value *> Args{Result};
  Args.append(CI->arg_begin(), CI->arg_end());
  CallBase *New = createLike(CI, withSret(CI->getFunctionType()), Args);
  New->setAttributes(withSret(M, CI->getAttributes(), CI->arg_size(), RT));
  CI->replaceAllUsesWith(PoisonValue::get(RT));
  CI->eraseFromParent();
}

// Where what New has returned can be used first.
static Instruction *afterCall(CallBase *New) {
  auto *II = dyn_cast<InvokeInst>(New);
  if (!II)
    return New->getNextNode();
  // A block of its own: others may come to the invoke's normal destination.
  // (SplitEdge is not for a block that has two terminators for a moment.)
  BasicBlock *From = II->getParent(), *To = II->getNormalDest();
  BasicBlock *Between = BasicBlock::Create(II->getContext(), "invoke.after",
                                           II->getFunction(), To);
  To->replacePhiUsesWith(From, Between);
  II->setNormalDest(Between);
  return BranchInst::Create(To, Between);
}

static void rewriteCall(Module &M, CallBase *CI) {
  Type *RT = CI->getType();
  BasicBlock &Entry = CI->getFunction()->getEntryBlock();
  IRBuilder<> EB(&Entry, Entry.getFirstNonPHIOrDbgOrAlloca());
  AllocaInst *Buffer = EB.CreateAlloca(RT, nullptr, "ret.buf");
  ConstantInt *Size =
      EB.getInt64(M.getDataLayout().getTypeAllocSize(RT).getFixedValue());
  IRBuilder<> B(CI);
  B.CreateLifetimeStart(Buffer, Size);
  SmallVector<Value *> Args{Buffer};
  Args.append(CI->arg_begin(), CI->arg_end());
  CallBase *New = createLike(CI, withSret(CI->getFunctionType()), Args);
  New->setAttributes(withSret(M, CI->getAttributes(), CI->arg_size(), RT));
  if (auto *Call = dyn_cast<CallInst>(New))
    Call->setTailCallKind(CallInst::TCK_None);
  B.SetInsertPoint(afterCall(New));
  if (!CI->use_empty())
    CI->replaceAllUsesWith(B.CreateLoad(RT, Buffer));
  B.CreateLifetimeEnd(Buffer, Size);
  CI->eraseFromParent();
}

static void rewriteFunction(Module &M, Function *F) {
  Type *RT = F->getReturnType();
  AttributeList Attrs = withSret(M, F->getAttributes(), F->arg_size(), RT);
  Function *New = Function::Create(withSret(F->getFunctionType()),
                                   F->getLinkage(), F->getAddressSpace());
  M.getFunctionList().insert(F->getIterator(), New);
  New->copyAttributesFrom(F);
  New->setAttributes(Attrs);
  New->setComdat(F->getComdat());
  New->takeName(F);
  New->splice(New->begin(), F);
  auto NewArg = New->arg_begin();
  Argument *Result = &*NewArg++;
  Result->setName("ret.ptr");
  for (Argument &A : F->args()) {
    A.replaceAllUsesWith(&*NewArg);
    NewArg->takeName(&A);
    ++NewArg;
  }
  New->copyMetadata(F, 0);
  F->clearMetadata();
  for (Instruction &I : make_early_inc_range(instructions(New)))
    if (auto *Ret = dyn_cast<ReturnInst>(&I)) {
      IRBuilder<> B(Ret);
      if (CallInst *Call = Ret->getParent()->getTerminatingMustTailCall())
        passResultOn(M, Call, Result, RT);
      else
        B.CreateStore(Ret->getReturnValue(), Result);
      B.CreateRetVoid();
      Ret->eraseFromParent();
    }
  F->replaceAllUsesWith(New);
  F->eraseFromParent();
}

void popcorn::lowerWideReturns(Module &M) {
  SmallVector<CallBase *> Calls;
  SmallVector<Function *> Functions;
  for (Function &F : M) {
    if (!F.isIntrinsic() && isWideReturn(*F.getFunctionType()))
      Functions.push_back(&F);
    for (Instruction &I : instructions(F))
      if (auto *CI = dyn_cast<CallBase>(&I))
        if (!isIntrinsicCall(*CI) && !CI->isInlineAsm() &&
            !CI->isMustTailCall() && isWideReturn(*CI->getFunctionType()))
          Calls.push_back(CI); // of the others: rewriteFunction
  }
  for (CallBase *CI : Calls)
    rewriteCall(M, CI);
  for (Function *F : Functions)
    rewriteFunction(M, F);
}
