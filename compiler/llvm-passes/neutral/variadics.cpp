//===- variadics.cpp - variadic functions take a buffer -------------------===//
//
// Where variadic arguments live is the most ISA-specific part of a C ABI.  The
// caller writes them to a buffer in the layout AAPCS64 gives to stack arguments
// and passes its address; va_start makes a va_list whose register areas are
// used up, so that the va_arg code clang has already emitted reads the buffer.
//
// Slots are 8 bytes, aligned to 8 or 16 by the natural alignment of the type;
// `alignstack`, which the front end puts on homogeneous aggregates, overrides.
// Real code reads optional arguments that were not passed (fcntl, ioctl):
// every buffer has at least MinBufferSize readable bytes.
//
// C allows a call only through a compatible type, but programs call variadic
// functions through fixed types and the reverse, which native ABIs forgive.
// Where the callee is visible in the module the call takes the callee's type;
// across modules popcorn-objcheck compares VariadicAttr and refuses.
// A declaration `int f();` has the IR type `i32 (...)` but is not variadic: its
// calls have fixed types, and it gets one too.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

static constexpr uint64_t MinBufferSize = 64;
static constexpr uint64_t VaListSize = 32;

static FunctionType *withBuffer(FunctionType *FT) {
  SmallVector<Type *> Params(FT->param_begin(), FT->param_end());
  Params.push_back(PointerType::getUnqual(FT->getContext()));
  return FunctionType::get(FT->getReturnType(), Params, false);
}

// The callee now reads memory: facts about what it touches no longer hold.
static AttributeList withBuffer(LLVMContext &C, AttributeList Old,
                                unsigned NumFixed) {
  SmallVector<AttributeSet> Params;
  for (unsigned I = 0; I < NumFixed; ++I)
    Params.push_back(Old.getParamAttrs(I));
  AttributeSet Fn = Old.getFnAttrs()
                        .removeAttribute(C, Attribute::Memory)
                        .removeAttribute(C, Attribute::Speculatable)
                        .addAttribute(C, popcorn::VariadicAttr);
  return AttributeList::get(C, Fn, Old.getRetAttrs(), Params);
}

// `int f();`: not variadic, although its IR type is.
static bool isUnprototyped(const Function &F) {
  if (!F.isDeclaration() || F.getFunctionType()->getNumParams() != 0)
    return false;
  for (const User *U : F.users())
    if (auto *CB = dyn_cast<CallBase>(U))
      if (CB->getCalledOperand() == &F && CB->getFunctionType()->isVarArg())
        return false;
  return true;
}

static bool isVariadicFunction(const Function &F) {
  return F.isVarArg() && !F.isIntrinsic() && !isUnprototyped(F);
}

static Function *calledFunction(const CallBase &CB) {
  Value *V = CB.getCalledOperand()->stripPointerCasts();
  if (auto *A = dyn_cast<GlobalAlias>(V))
    V = A->getAliaseeObject();
  return dyn_cast_or_null<Function>(V);
}

/// A thunk's call, which passes on what its function was called with.
static bool isForwarding(const CallBase &CB) {
  auto *CI = dyn_cast<CallInst>(&CB);
  return CI && CI->isMustTailCall() && CI->getFunctionType()->isVarArg() &&
         CI->getFunction()->isVarArg();
}

static bool hasPrefix(const CallBase &CB, FunctionType *FT) {
  if (CB.arg_size() < FT->getNumParams())
    return false;
  for (unsigned I = 0; I < FT->getNumParams(); ++I)
    if (CB.getArgOperand(I)->getType() != FT->getParamType(I))
      return false;
  return CB.getType() == FT->getReturnType();
}

/// The variadic type this call is to be made with; null for a fixed call.
static FunctionType *variadicTypeOf(const CallBase &CB) {
  if (CB.isInlineAsm() || popcorn::isIntrinsicCall(CB))
    return nullptr;
  FunctionType *FT = CB.getFunctionType();
  Function *Callee = calledFunction(CB);
  if (!Callee)
    return FT->isVarArg() ? FT : nullptr;
  FunctionType *CalleeType = Callee->getFunctionType();
  if (isVariadicFunction(*Callee) && hasPrefix(CB, CalleeType))
    return CalleeType;
  // A definition with a fixed type, called as if it were variadic.
  if (FT->isVarArg() && !CalleeType->isVarArg() && hasPrefix(CB, CalleeType) &&
      !Callee->hasFnAttribute(popcorn::VariadicAttr))
    return nullptr;
  return FT->isVarArg() ? FT : nullptr;
}

//===- The caller's side --------------------------------------------------===//

struct Slot {
  uint64_t Offset;
  Value *V;
};

// C promotes a float to double; clang 19 does not do so for an _Atomic one.
static Value *promoted(Value *V, CallBase &CB) {
  IRBuilder<> B(&CB);
  return V->getType()->isFloatTy() ? B.CreateFPExt(V, B.getDoubleTy()) : V;
}

static uint64_t layOut(CallBase &CB, unsigned NumFixed, const DataLayout &DL,
                       SmallVectorImpl<Slot> &Slots) {
  uint64_t Offset = 0;
  for (unsigned I = NumFixed; I < CB.arg_size(); ++I) {
    Value *V = promoted(CB.getArgOperand(I), CB);
    uint64_t A = DL.getABITypeAlign(V->getType()).value();
    if (MaybeAlign SA = CB.getAttributes().getParamStackAlignment(I))
      A = SA->value();
    Offset = alignTo(Offset, std::clamp<uint64_t>(A, 8, 16));
    Slots.push_back({Offset, V});
    Offset += alignTo(DL.getTypeAllocSize(V->getType()).getFixedValue(), 8);
  }
  return std::max<uint64_t>(alignTo(Offset, 16), MinBufferSize);
}

// What a call without variadic arguments passes.
static GlobalVariable *emptyBuffer(Module &M) {
  const char *Name = "__popcorn_va_none";
  if (GlobalVariable *G = M.getNamedGlobal(Name))
    return G;
  Type *T = ArrayType::get(Type::getInt8Ty(M.getContext()), MinBufferSize);
  auto *G = new GlobalVariable(M, T, true, GlobalValue::LinkOnceODRLinkage,
                               Constant::getNullValue(T), Name);
  G->setVisibility(GlobalValue::HiddenVisibility);
  G->setDSOLocal(true);
  G->setAlignment(Align(16));
  return G;
}

// Real code reads an int as a long (syscall, prctl): a register would have had
// zeros above it, so the slot does.
static Value *wholeSlot(IRBuilder<> &B, Value *V) {
  Type *T = V->getType();
  if (T->isIntegerTy() && T->getIntegerBitWidth() < 64)
    return B.CreateZExt(V, B.getInt64Ty());
  return V;
}

static AllocaInst *fillBuffer(IRBuilder<> &B, ArrayRef<Slot> Slots,
                              uint64_t Size) {
  BasicBlock &Entry = B.GetInsertBlock()->getParent()->getEntryBlock();
  IRBuilder<> EB(&Entry, Entry.getFirstNonPHIOrDbgOrAlloca());
  AllocaInst *Buffer =
      EB.CreateAlloca(ArrayType::get(EB.getInt8Ty(), Size), nullptr, "va.buf");
  Buffer->setAlignment(Align(16));
  B.CreateLifetimeStart(Buffer, B.getInt64(Size));
  for (const Slot &S : Slots)
    B.CreateAlignedStore(
        wholeSlot(B, S.V),
        B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Buffer, S.Offset),
        commonAlignment(Align(16), S.Offset));
  return Buffer;
}

// The call with its variadic arguments in Buffer. A tail call stays one.
static CallBase *callWithBuffer(CallBase *CB, FunctionType *FT, Value *Buffer) {
  unsigned NumFixed = FT->getNumParams();
  SmallVector<Value *> Args(CB->arg_begin(), CB->arg_begin() + NumFixed);
  Args.push_back(Buffer);
  CallBase *New = popcorn::createLike(CB, withBuffer(FT), Args);
  New->setAttributes(
      withBuffer(CB->getContext(), CB->getAttributes(), NumFixed));
  New->takeName(CB);
  CB->replaceAllUsesWith(New);
  CB->eraseFromParent();
  return New;
}

static void rewriteCall(Module &M, CallBase *CB, FunctionType *FT) {
  SmallVector<Slot> Slots;
  uint64_t Size = layOut(*CB, FT->getNumParams(), M.getDataLayout(), Slots);
  if (Slots.empty()) {
    callWithBuffer(CB, FT, emptyBuffer(M));
    return;
  }
  IRBuilder<> B(CB);
  AllocaInst *Buffer = fillBuffer(B, Slots, Size);
  CallBase *New = callWithBuffer(CB, FT, Buffer);
  // Of an invoke the buffer lives on: its two ways may meet others.
  if (auto *CI = dyn_cast<CallInst>(New)) {
    CI->setTailCallKind(CallInst::TCK_None);
    B.SetInsertPoint(CI->getNextNode());
    B.CreateLifetimeEnd(Buffer, B.getInt64(Size));
  }
}

// A fixed function called through a variadic type: call it by its own type.
static void rewriteAsFixed(CallBase *CI, FunctionType *FT) {
  SmallVector<Value *> Args(CI->arg_begin(),
                            CI->arg_begin() + FT->getNumParams());
  CallBase *New = popcorn::createLike(CI, FT, Args);
  if (auto *Call = dyn_cast<CallInst>(New))
    Call->setTailCallKind(CallInst::TCK_None);
  SmallVector<AttributeSet> Params;
  for (unsigned I = 0; I < FT->getNumParams(); ++I)
    Params.push_back(CI->getAttributes().getParamAttrs(I));
  New->setAttributes(
      AttributeList::get(CI->getContext(), CI->getAttributes().getFnAttrs(),
                         CI->getAttributes().getRetAttrs(), Params));
  New->takeName(CI);
  CI->replaceAllUsesWith(New);
  CI->eraseFromParent();
}

//===- The callee's side --------------------------------------------------===//

static void lowerVaStart(VAStartInst *VS, Value *Buffer) {
  IRBuilder<> B(VS);
  Value *List = VS->getArgList();
  Constant *Null = ConstantPointerNull::get(B.getPtrTy());
  auto At = [&](uint64_t Offset) {
    return B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), List, Offset);
  };
  B.CreateAlignedStore(Buffer, At(0), Align(8));         // __stack
  B.CreateAlignedStore(Null, At(8), Align(8));           // __gr_top
  B.CreateAlignedStore(Null, At(16), Align(8));          // __vr_top
  B.CreateAlignedStore(B.getInt64(0), At(24), Align(8)); // __gr_offs, __vr_offs
  VS->eraseFromParent();
}

static Function *replaceFunction(Module &M, Function *F, FunctionType *FT) {
  Function *New = Function::Create(FT, F->getLinkage(), F->getAddressSpace());
  M.getFunctionList().insert(F->getIterator(), New);
  New->copyAttributesFrom(F);
  New->setComdat(F->getComdat());
  New->takeName(F);
  New->splice(New->begin(), F);
  for (auto [Old, Arg] : zip(F->args(), New->args())) {
    Old.replaceAllUsesWith(&Arg);
    Arg.takeName(&Old);
  }
  New->copyMetadata(F, 0);
  F->clearMetadata();
  F->replaceAllUsesWith(New);
  F->eraseFromParent();
  return New;
}

static void rewriteFunction(Module &M, Function *F) {
  unsigned NumFixed = F->getFunctionType()->getNumParams();
  AttributeList Attrs =
      withBuffer(M.getContext(), F->getAttributes(), NumFixed);
  SmallVector<CallInst *> Forwarding;
  for (Instruction &I : instructions(F))
    if (auto *CB = dyn_cast<CallBase>(&I); CB && isForwarding(*CB))
      Forwarding.push_back(cast<CallInst>(CB));
  Function *New = replaceFunction(M, F, withBuffer(F->getFunctionType()));
  New->setAttributes(Attrs);
  Argument *Buffer = New->getArg(NumFixed);
  Buffer->setName("va");
  for (Instruction &I : make_early_inc_range(instructions(New)))
    if (auto *VS = dyn_cast<VAStartInst>(&I))
      lowerVaStart(VS, Buffer);
  for (CallInst *CI : Forwarding)
    callWithBuffer(CI, CI->getFunctionType(), Buffer);
}

static void lowerVaCopyAndEnd(Function &F) {
  for (Instruction &I : make_early_inc_range(instructions(F))) {
    if (auto *VC = dyn_cast<VACopyInst>(&I)) {
      IRBuilder<> B(VC);
      B.CreateMemCpy(VC->getDest(), Align(8), VC->getSrc(), Align(8),
                     VaListSize);
      VC->eraseFromParent();
    } else if (isa<VAEndInst>(&I)) {
      I.eraseFromParent();
    }
  }
}

// An alias carries a value type of its own.
static void retypeAliases(Module &M) {
  SmallVector<GlobalAlias *> Aliases;
  for (GlobalAlias &A : M.aliases())
    if (auto *FT = dyn_cast<FunctionType>(A.getValueType()))
      if (FT->isVarArg())
        Aliases.push_back(&A);
  for (GlobalAlias *A : Aliases) {
    auto *F = dyn_cast_or_null<Function>(A->getAliaseeObject());
    Type *T = F ? F->getFunctionType()
                : withBuffer(cast<FunctionType>(A->getValueType()));
    GlobalAlias *New = GlobalAlias::create(
        T, A->getAddressSpace(), A->getLinkage(), "", A->getAliasee(), &M);
    New->copyAttributesFrom(A);
    New->takeName(A);
    A->replaceAllUsesWith(New);
    A->eraseFromParent();
  }
}

static void rewriteCalls(Module &M) {
  SmallVector<std::pair<CallBase *, FunctionType *>> Variadic, Fixed;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I); CB && !isForwarding(*CB)) {
        if (FunctionType *FT = variadicTypeOf(*CB))
          Variadic.push_back({CB, FT});
        else if (CB->getFunctionType()->isVarArg() && !CB->isInlineAsm() &&
                 !popcorn::isIntrinsicCall(*CB))
          Fixed.push_back({CB, calledFunction(*CB)->getFunctionType()});
      }
  for (auto [CB, FT] : Variadic)
    rewriteCall(M, CB, FT);
  for (auto [CB, FT] : Fixed)
    rewriteAsFixed(CB, FT);
}

void popcorn::lowerVariadics(Module &M) {
  SmallVector<Function *> Variadic, Unprototyped;
  for (Function &F : M) {
    if (!F.isVarArg() || F.isIntrinsic())
      continue;
    (isUnprototyped(F) ? Unprototyped : Variadic).push_back(&F);
  }
  rewriteCalls(M);
  for (Function *F : Variadic)
    rewriteFunction(M, F);
  for (Function *F : Unprototyped)
    replaceFunction(M, F, FunctionType::get(F->getReturnType(), false));
  for (Function &F : M)
    lowerVaCopyAndEnd(F);
  retypeAliases(M);
}
