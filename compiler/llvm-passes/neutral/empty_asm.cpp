//===- empty_asm.cpp - inline assembly without instructions ---------------===//
//
// `asm volatile("" ::: "memory")`, `asm("" : "+r"(x))` and their like emit no
// instruction; programs use them to limit the optimiser.  The same limits,
// said in neutral IR:
//  - a memory clobber or a memory operand: a single-thread fence (no code);
//  - an input: a volatile store of it to a slot of its own, after which its
//    value is needed and, if it is a pointer, its object has escaped;
//  - an output: a volatile load of the slot of the input tied to it, or of a
//    zeroed slot (natively: whatever the register held); an output that may be
//    in memory ("=rm") is stored there if an input is tied to it, else it keeps
//    what is there.
// A spin hint (pause, yield) becomes a fence of a scope of its own, which the code
// generator makes each ISA's instruction of.
// Of several alternatives ("r,m") the first is taken: any is right.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "isa/spin_hint.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

std::string popcorn::withoutBlockComments(StringRef Text) {
  std::string Rest;
  while (true) {
    auto [Before, Comment] = Text.split("/*");
    size_t End = Comment.find("*/");
    if (End == StringRef::npos)
      return Rest + Text.str();
    Rest += Before.str() + " ";
    Text = Comment.substr(End + 2);
  }
}

/// Empty: nothing but white space, comments that every assembler knows, and nop.
/// What x86-64 and AArch64 call pause (rep nop is the same) and yield is a hint.
popcorn::AsmKind popcorn::classifyAsm(StringRef Text) {
  std::string Code = withoutBlockComments(Text);
  SmallVector<StringRef> Lines;
  StringRef(Code).split(Lines, '\n');
  SmallVector<StringRef> Words;
  for (StringRef Line : Lines) {
    Line = Line.ltrim(" \t\r;");
    if (!Line.starts_with("#") && !Line.starts_with("//"))
      SplitString(Line, Words, " \t\r;");
  }
  bool Hint = false, Repeated = false;
  for (StringRef Word : Words) {
    bool Nop = Word.equals_insensitive("nop");
    if (Repeated != (Repeated && Nop))
      return AsmKind::Foreign;
    Hint |= Repeated || Word.equals_insensitive("pause") ||
            Word.equals_insensitive("yield");
    Repeated = Word.equals_insensitive("rep");
    if (!Nop && !Repeated && !Word.equals_insensitive("pause") &&
        !Word.equals_insensitive("yield"))
      return AsmKind::Foreign;
  }
  if (Repeated)
    return AsmKind::Foreign;
  return Hint ? AsmKind::SpinHint : AsmKind::Empty;
}

namespace {
class EmptyAsm {
public:
  explicit EmptyAsm(CallInst *CI)
      : Call(CI),
        Constraints(
            cast<InlineAsm>(CI->getCalledOperand())->ParseConstraints()),
        B(CI) {}

  void lower() {
    readInputs();
    if (popcorn::classifyAsm(
            cast<InlineAsm>(Call->getCalledOperand())->getAsmString()) ==
        popcorn::AsmKind::SpinHint)
      B.CreateFence(
          AtomicOrdering::SequentiallyConsistent,
          Call->getContext().getOrInsertSyncScopeID(popcorn::SpinHintScope));
    else if (Memory || NumOperands == 0)
      B.CreateFence(AtomicOrdering::SequentiallyConsistent,
                    SyncScope::SingleThread);
    writeOutputs();
    Call->eraseFromParent();
  }

private:
  AllocaInst *makeSlot(Type *T) {
    BasicBlock &Entry = Call->getFunction()->getEntryBlock();
    IRBuilder<> EB(&Entry, Entry.getFirstNonPHIOrDbgOrAlloca());
    AllocaInst *Slot = EB.CreateAlloca(T, nullptr, "asm.slot");
    Slot->setAlignment(Align(16));
    return Slot;
  }

  // Arguments are in the order of the constraints; direct outputs have none.
  void readInputs() {
    unsigned Arg = 0;
    for (InlineAsm::ConstraintInfo &Info : Constraints) {
      if (Info.isMultipleAlternative)
        Info.selectAlternative(0);
      if (Info.Type == InlineAsm::isClobber) {
        for (const std::string &Code : Info.Codes)
          Memory |= Code == "{memory}";
        continue;
      }
      ++NumOperands;
      if (Info.Type == InlineAsm::isOutput && !Info.isIndirect)
        continue;
      Value *V = Call->getArgOperand(Arg++);
      Memory |= Info.isIndirect;
      if (Info.Type == InlineAsm::isOutput)
        IndirectOutputs[NumOperands - 1] = Arg - 1;
      unsigned Tied;
      if (!Info.Codes.empty() &&
          !StringRef(Info.Codes.front()).getAsInteger(10, Tied)) {
        if (!Info.isIndirect)   // else it is the output's own memory
          TiedInputs[Tied] = V; // stored where the output is made
      } else {
        B.CreateStore(V, makeSlot(V->getType()), /*isVolatile=*/true);
      }
    }
  }

  Value *output(unsigned Index, Type *T) {
    const DataLayout &DL = Call->getModule()->getDataLayout();
    Value *V = TiedInputs.lookup(Index);
    bool Wider = V && DL.getTypeStoreSize(V->getType()).getFixedValue() >=
                          DL.getTypeStoreSize(T).getFixedValue();
    AllocaInst *Slot = makeSlot(Wider ? V->getType() : T);
    if (!Wider)
      B.CreateStore(Constant::getNullValue(T), Slot, /*isVolatile=*/true);
    if (V)
      B.CreateStore(V, Slot, /*isVolatile=*/true);
    return B.CreateLoad(T, Slot, /*isVolatile=*/true);
  }

  void writeIndirectOutputs() {
    for (auto [Index, Arg] : IndirectOutputs)
      if (TiedInputs.lookup(Index))
        B.CreateStore(output(Index, Call->getParamElementType(Arg)),
                      Call->getArgOperand(Arg));
  }

  void writeOutputs() {
    writeIndirectOutputs();
    Type *T = Call->getType();
    if (T->isVoidTy())
      return;
    auto *ST = dyn_cast<StructType>(T);
    Value *Result = ST ? PoisonValue::get(T) : nullptr;
    unsigned Field = 0, Index = 0;
    for (const InlineAsm::ConstraintInfo &Info : Constraints) {
      if (Info.Type == InlineAsm::isOutput && !Info.isIndirect) {
        Value *V = output(Index, ST ? ST->getElementType(Field) : T);
        Result = ST ? B.CreateInsertValue(Result, V, Field) : V;
        ++Field;
      }
      ++Index;
    }
    Call->replaceAllUsesWith(Result);
  }

  CallInst *Call;
  InlineAsm::ConstraintInfoVector Constraints;
  IRBuilder<> B;
  bool Memory = false;
  unsigned NumOperands = 0;
  DenseMap<unsigned, Value *> TiedInputs;        // by the number of the output
  MapVector<unsigned, unsigned> IndirectOutputs; // the same: its argument
};
} // namespace

void popcorn::lowerEmptyAsm(Module &M) {
  SmallVector<CallInst *> Calls;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *CI = dyn_cast<CallInst>(&I))
        if (CI->isInlineAsm())
          Calls.push_back(CI);
  for (CallInst *CI : Calls)
    EmptyAsm(CI).lower();
}
