// Makes the module fit for instrumentation: every function and datum gets a
// symbol, attributes a back end would turn into hidden state go, and what
// cannot be instrumented is refused.
#include "internal.h"

#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace popcorn {

// The aligner places what the symbol table names. Private linkage, the names
// the assembler keeps for itself and no name at all would hide a global.
static void makeVisible(GlobalValue &GV) {
  if (GV.hasPrivateLinkage())
    GV.setLinkage(GlobalValue::InternalLinkage);
  if (!GV.hasName())
    GV.setName("popcorn.anon");
  else if (GV.getName().starts_with(".L"))
    GV.setName("popcorn" + GV.getName());
  else if (GV.getName().starts_with("\01.L"))
    GV.setName("popcorn" + GV.getName().drop_front());
  GV.setUnnamedAddr(GlobalValue::UnnamedAddr::None);
  GV.setDSOLocal(true);
}

static void dropHiddenParams(AttributeList &Attrs, LLVMContext &C,
                             unsigned Count) {
  // sret makes the x86-64 back end keep the pointer in a register of its
  // own until the return; `returned` lets it reuse an argument likewise.
  for (unsigned I = 0; I < Count; I++) {
    Attrs = Attrs.removeParamAttribute(C, I, Attribute::StructRet);
    Attrs = Attrs.removeParamAttribute(C, I, Attribute::Returned);
  }
}

static void prepareAttributes(Function &F) {
  for (auto Kind : {Attribute::StackProtect, Attribute::StackProtectStrong,
                    Attribute::StackProtectReq, Attribute::SafeStack,
                    Attribute::Memory, Attribute::Speculatable}) {
    F.removeFnAttr(Kind);
  }
  F.removeFnAttr(Attribute::UWTable);
  if (!F.isDeclaration()) {
    // Back ends save no registers in a function that does not return, not
    // even the return address: its stack could not be walked.
    F.removeFnAttr(Attribute::NoReturn);
  }
  F.removeFnAttr("frame-pointer");
  F.removeFnAttr("probe-stack");
  F.removeFnAttr("stack-protector-buffer-size");
  F.addFnAttr(Attribute::NoUnwind);
  F.addFnAttr("disable-tail-calls", "true");
  F.setPersonalityFn(nullptr);
  AttributeList Attrs = F.getAttributes();
  dropHiddenParams(Attrs, F.getContext(), F.arg_size());
  F.setAttributes(Attrs);
}

static void checkFunction(State &S, Function &F) {
  if (F.isVarArg()) {
    S.error(Twine(F.getName()) +
            ": variadic function in neutral IR. Rebuild the object with "
            "this popcorn-clang");
  }
  if (F.hasFnAttribute(Attribute::Naked)) {
    S.error(Twine(F.getName()) +
            ": naked functions have no frame that could move. Build the "
            "file with -popcorn-native");
  }
  for (Argument &A : F.args()) {
    if (A.hasByValAttr() || A.hasInAllocaAttr() || A.hasPreallocatedAttr() ||
        A.hasSwiftErrorAttr() || A.hasNestAttr()) {
      S.error(Twine(F.getName()) +
              ": argument passed in a way only one ISA has (byval, "
              "nest, ...). Rebuild the object with this popcorn-clang");
    }
  }
}

static bool callsSetjmp(Function &F) {
  return any_of(instructions(F),
                [](const Instruction &I) { return isSetjmpCall(I); });
}

static void prepareCall(State &S, CallBase &Call) {
  if (auto *CI = dyn_cast<CallInst>(&Call)) {
    Function *Callee = directCallee(Call);
    if (!CI->isMustTailCall()) {
      CI->setTailCallKind(CallInst::TCK_None);
    } else if (Callee && isMigratingNative(*Callee)) {
      S.error(Call, "musttail call of " + Callee->getName() +
                        ", which looks for its caller's frame. Remove the "
                        "attribute");
    } else if (callsSetjmp(*Call.getFunction())) {
      S.error(Call, "musttail call: setjmp in the same function keeps the "
                    "frame. Remove the attribute");
    }
  }
  if (Call.isInlineAsm() || isa<IntrinsicInst>(Call))
    return;
  Function *Callee = directCallee(Call);
  if (!Callee || !Callee->isDeclaration() || S.isUnknown(*Callee)) {
    AttributeList Attrs = Call.getAttributes();
    dropHiddenParams(Attrs, Call.getContext(), Call.arg_size());
    Call.setAttributes(Attrs);
    Call.removeFnAttr(Attribute::Memory);
  }
  bool Twice = Call.hasFnAttr(Attribute::ReturnsTwice) ||
               (Callee && Callee->hasFnAttribute(Attribute::ReturnsTwice));
  if (Twice && !isSetjmpCall(Call)) {
    S.error(Call, "call to " + (Callee ? Callee->getName() : "a function") +
                      ", which returns twice into one frame. Use fork or "
                      "posix_spawn for vfork, setjmp for anything like it");
  }
  if (isSetjmpCall(Call))
    Call.addFnAttr(Attribute::ReturnsTwice);
}

static void prepareInstruction(State &S, Instruction &I) {
  if (auto *Call = dyn_cast<CallBase>(&I)) {
    if (isa<CallBrInst>(Call) && Call->isInlineAsm() &&
        cast<InlineAsm>(Call->getCalledOperand())->getAsmString().empty())
      return; // to a landing
    if (!isa<CallInst>(Call)) {
      S.error(I, "call with an edge for exceptions or assembly");
      return;
    }
    prepareCall(S, *Call);
    if (Call->getIntrinsicID() == Intrinsic::frameaddress) {
      S.error(I, "__builtin_frame_address: the control stack differs "
                 "per ISA. Use the address of a local variable");
    }
  }
  if (isa<IndirectBrInst>(I)) {
    S.error(I, "indirect branch left in neutral IR. Rebuild the object "
               "with this popcorn-clang");
  }
  if (auto *Alloca = dyn_cast<AllocaInst>(&I)) {
    if (Alloca->isSwiftError() || Alloca->isUsedWithInAlloca())
      S.error(I, "alloca with a calling convention of its own");
  }
}

// A weak function that nobody defines is null: not so if its address is made
// from the place it is asked at, as for what is in the same program for sure. A call
// of it is one through a null pointer, which linkers make of direct branches on
// some ISAs only: of AArch64's they make a no-operation. So it is not bound early.
static void prepareDeclaration(State &S, Function &F) {
  if (F.hasExternalWeakLinkage()) {
    F.setDSOLocal(false);
    F.addFnAttr(Attribute::NonLazyBind);
  }
  if (!S.isUnknown(F))
    return;
  // A caller that saves not even its return address for a call that does not
  // return could not be found on the stack during that call.
  for (auto Kind :
       {Attribute::Memory, Attribute::Speculatable, Attribute::NoReturn})
    F.removeFnAttr(Kind);
  AttributeList Attrs = F.getAttributes();
  dropHiddenParams(Attrs, F.getContext(), F.arg_size());
  F.setAttributes(Attrs);
}

void prepareModule(State &S) {
  for (GlobalVariable &GV : S.M.globals())
    if (!GV.getName().starts_with("llvm."))
      makeVisible(GV);
  for (GlobalAlias &GA : S.M.aliases())
    makeVisible(GA);
  for (GlobalIFunc &IF : S.M.ifuncs()) {
    S.error(Twine(IF.getName()) +
            ": ifunc chooses code per machine. Use a plain function");
  }
  for (Function &F : S.M) {
    if (F.hasAvailableExternallyLinkage()) // a copy, for inlining
      F.deleteBody();
    // -O0 leaves branches on constants, which one back end folds and
    // another does not, and what follows a call of exit. No data flow gets
    // there, so that no pass after this one could treat it rightly.
    for (BasicBlock &Block : F)
      ConstantFoldTerminator(&Block);
    if (!F.isDeclaration())
      EliminateUnreachableBlocks(F);
    lowerExceptions(S, F);
  }
  for (Function &F : S.M) {
    if (F.isIntrinsic())
      continue;
    makeVisible(F);
    if (F.isDeclaration()) {
      prepareDeclaration(S, F);
      continue;
    }
    checkFunction(S, F);
    prepareAttributes(F);
    for (Instruction &I : instructions(F))
      prepareInstruction(S, I);
  }
}

} // namespace popcorn
