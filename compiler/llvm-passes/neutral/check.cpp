//===- check.cpp - refuses what has no neutral form -----------------------===//
//
// Runs first, on the front end's output, so that every error can name a place
// in the source: inline assembly through its !srcloc cookie, everything else
// through its debug location or, without -g, through the function's.  Each
// message says what was found and what to do about it.  verifyNeutral() runs
// last and checks the other passes (a finding is a bug of ours).
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/GlobalIFunc.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

static const char NativeHint[] =
    "use portable C, or put the function in a file compiled with "
    "-popcorn-native (once for each ISA)";

namespace {
class Refuser {
public:
  explicit Refuser(Module &M) : M(M) {}

  bool run() {
    checkAbi();
    checkModuleAsm();
    for (GlobalIFunc &G : M.ifuncs())
      module("'" + G.getName() +
             "' is an ifunc: its resolver chooses by CPU, and a program moves "
             "between CPUs; call one portable function instead");
    for (GlobalVariable &G : M.globals())
      if (isForeign(G.getValueType()))
        module("'" + G.getName() +
               "' has a type that only one ISA has; use a standard C type");
    for (Function &F : M)
      checkFunction(F);
    return Refused;
  }

private:
  void module(const Twine &Message) {
    Refused = true;
    M.getContext().emitError(Twine(M.getSourceFileName()) + ": " + Message);
  }
  void at(const Function &F, const DebugLoc &Where, const Twine &Message) {
    Refused = true;
    std::string Text = (Message + " [in function '" + F.getName() + "']").str();
    M.getContext().diagnose(DiagnosticInfoUnsupported(F, Text, Where));
  }
  void at(const Instruction &I, const Twine &Message) {
    at(*I.getFunction(), I.getDebugLoc(), Message);
  }

  void checkAbi();
  void checkModuleAsm();
  void checkFunction(const Function &F);
  void checkInstruction(const Instruction &I);
  void checkCall(const CallBase &CB);
  void checkTailCall(const CallBase &CB);
  void checkAsm(const CallBase &CB, const InlineAsm &Asm);
  void checkIntrinsic(const CallBase &CB, const Function &Callee);
  static bool isForeign(const Type *T);

  Module &M;
  bool Refused = false;
};
} // namespace

void Refuser::checkAbi() {
  auto *Flag = mdconst::dyn_extract_or_null<ConstantInt>(
      M.getModuleFlag(popcorn::AbiFlag));
  if (Flag && Flag->getZExtValue() != POPCORN_ABI_VERSION)
    module("made by another version of Popcorn (ABI " +
           Twine(Flag->getZExtValue()) + ", this is " +
           Twine(POPCORN_ABI_VERSION) + "); compile its source again");
}

// LLVM keeps no location for file-scope assembly: look its text up.
static unsigned findLine(StringRef File, StringRef Text) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer || Text.empty())
    return 0;
  size_t Position = (*Buffer)->getBuffer().find(Text);
  if (Position == StringRef::npos)
    return 0;
  return 1 + (*Buffer)->getBuffer().take_front(Position).count('\n');
}

void Refuser::checkModuleAsm() {
  std::string First = popcorn::applyDirectives(M);
  if (First.empty()) {
    M.setModuleInlineAsm("");
    return;
  }
  Refused = true;
  std::string Where = M.getSourceFileName();
  if (unsigned Line = findLine(Where, First))
    Where += ":" + std::to_string(Line);
  M.getContext().emitError(Where + ": file-scope assembly \"" + First +
                           "\" exists for one ISA only; " +
                           (StringRef(First).starts_with(".incbin")
                                ? "use #embed in an array"
                                : NativeHint));
}

// Types that only one ISA has, or whose size is known only at run time.
bool Refuser::isForeign(const Type *T) {
  bool IsNeutral = T->isIntegerTy() || T->isPointerTy() ||
                   T->isIEEELikeFPTy() || isa<FixedVectorType>(T);
  if (T->isSingleValueType() && !IsNeutral)
    return true;
  if (auto *P = dyn_cast<PointerType>(T))
    return P->getAddressSpace() != 0;
  return any_of(T->subtypes(), [](const Type *S) { return isForeign(S); });
}

// The slow path of a migration point keeps every register (preserve_most):
// native code of the runtime, with a convention of its own on each ISA.
static bool isRuntimeStub(const Function *F) {
  return F && F->isDeclaration() && F->getName().starts_with("__popcorn_");
}

// C's own, or what the optimiser makes of it for a static function: each ISA's
// back end does as it likes there. (IR that is compiled again has such functions.)
static bool isConventionOfC(CallingConv::ID Convention, const Function *F) {
  return Convention == CallingConv::C || isRuntimeStub(F) ||
         (Convention == CallingConv::Fast && F && F->hasLocalLinkage());
}

// C++, and C with -fexceptions and __attribute__((cleanup)).
static bool isKnownPersonality(const Constant &Personality) {
  StringRef Name = Personality.stripPointerCasts()->getName();
  return Name == "__gxx_personality_v0" || Name == "__gcc_personality_v0";
}

void Refuser::checkFunction(const Function &F) {
  if (F.isIntrinsic())
    return;
  DebugLoc None;
  if (isForeign(F.getFunctionType()))
    at(F, None,
       "a parameter or the result has a type that only one ISA has "
       "(scalable vector, address space); use a standard C type");
  if (!isConventionOfC(F.getCallingConv(), &F))
    at(F, None,
       "the calling convention of '" + F.getName() +
           "' is not that of C; remove the attribute");
  if (F.isDeclaration())
    return;
  if (F.hasFnAttribute(Attribute::Naked))
    at(F, None,
       Twine("a naked function is assembly for one ISA; ") + NativeHint);
  if (F.hasPersonalityFn() && !isKnownPersonality(*F.getPersonalityFn()))
    at(F, None,
       "exceptions of another language than C++ are not supported; "
       "compile without -fexceptions");
  for (const Argument &A : F.args())
    if (A.hasByValAttr() || A.hasInAllocaAttr())
      at(F, None,
         "argument passed in an ISA-specific stack area (byval); "
         "compile the source with popcorn-clang");
  for (const Instruction &I : instructions(F))
    checkInstruction(I);
}

void Refuser::checkInstruction(const Instruction &I) {
  if (isForeign(I.getType())) {
    at(I, "value of a type that only one ISA has (scalable vector, address "
          "space); use a standard C type");
    return;
  }
  if (isa<VAArgInst>(I))
    at(I, "va_arg instruction; compile the C source with popcorn-clang "
          "instead of its LLVM IR");
  if (auto *CB = dyn_cast<CallBase>(&I))
    checkCall(*CB);
}

// Both ISAs pass these in registers: six integers, eight floats or vectors. Variadic
// arguments, and a result that goes through memory, are a pointer each.
static bool inRegisters(const FunctionType &T, const DataLayout &DL) {
  unsigned Integers = T.isVarArg() + popcorn::isWideReturn(T), Others = 0;
  for (Type *P : T.params()) {
    unsigned Bits = DL.getTypeSizeInBits(P).getFixedValue();
    if (P->isIntOrPtrTy())
      Integers += divideCeil(Bits, 64);
    else if (P->isFloatingPointTy() || P->isVectorTy())
      Others += divideCeil(Bits, 128);
    else
      return false;
  }
  return Integers <= 6 && Others <= 8;
}

// A call that takes the place of its caller's frame stays one on every ISA: it may
// need nothing of that frame.
void Refuser::checkTailCall(const CallBase &CB) {
  const FunctionType &T = *CB.getFunctionType();
  const Function &F = *CB.getFunction();
  if (T.isVarArg() != F.isVarArg() || CB.arg_size() != T.getNumParams())
    at(CB,
       "musttail call of or in a variadic function that does not pass its own "
       "arguments on: they are in the frame; call it otherwise");
  else if (!inRegisters(T, M.getDataLayout()))
    at(CB,
       "musttail call with arguments that are not in registers on every ISA "
       "(six integers, eight floating-point numbers); pass a pointer to them");
  else if (any_of(instructions(F), [](const Instruction &I) {
             auto *Call = dyn_cast<CallInst>(&I);
             return Call && Call->hasFnAttr(Attribute::ReturnsTwice);
           }))
    at(CB, "musttail call in a function that calls setjmp, which needs the "
           "frame; call it otherwise");
}

void Refuser::checkCall(const CallBase &CB) {
  if (auto *Asm = dyn_cast<InlineAsm>(CB.getCalledOperand())) {
    checkAsm(CB, *Asm);
    return;
  }
  if (isa<CallBrInst>(CB)) {
    at(CB, "asm goto; write it as a C branch");
    return;
  }
  if (CB.isMustTailCall())
    checkTailCall(CB);
  const Function *Callee = CB.getCalledFunction();
  if (Callee && Callee->isIntrinsic()) {
    checkIntrinsic(CB, *Callee);
    return;
  }
  if (!isConventionOfC(CB.getCallingConv(), Callee))
    at(CB, "call with a calling convention that is not that of C; remove the "
           "attribute");
}

void Refuser::checkAsm(const CallBase &CB, const InlineAsm &Asm) {
  if (isa<CallInst>(CB) &&
      popcorn::classifyAsm(Asm.getAsmString()) != popcorn::AsmKind::Foreign)
    return;
  Refused = true;
  StringRef Text = StringRef(Asm.getAsmString()).trim();
  StringRef First = Text.take_until([](char C) { return C == '\n'; }).trim();
  std::string Message =
      (isa<CallBrInst>(CB) ? Twine("asm goto")
                           : "inline assembly \"" + First + "\"")
          .concat(" in function '" + CB.getFunction()->getName() +
                  "' exists for one ISA only; ")
          .concat(NativeHint)
          .str();
  // Without a cookie (LLVM IR as input) the function's name has to do.
  if (CB.getMetadata("srcloc"))
    M.getContext().diagnose(DiagnosticInfoInlineAsm(CB, Message));
  else
    at(CB, Message);
}

/// What to say about an intrinsic; null if it is neutral.
static const char *whyRefused(Intrinsic::ID ID) {
  switch (ID) {
  case Intrinsic::eh_sjlj_setjmp:
  case Intrinsic::eh_sjlj_longjmp:
  case Intrinsic::eh_sjlj_setup_dispatch:
    return "__builtin_setjmp and __builtin_longjmp save registers of one ISA; "
           "use setjmp and longjmp of <setjmp.h>";
  case Intrinsic::thread_pointer:
    return "__builtin_thread_pointer differs between ISAs; use a _Thread_local "
           "variable";
  case Intrinsic::read_register:
  case Intrinsic::read_volatile_register:
  case Intrinsic::write_register:
    return "a global register variable names a register of one ISA; use a "
           "_Thread_local variable";
  case Intrinsic::addressofreturnaddress:
  case Intrinsic::sponentry:
  case Intrinsic::localescape:
  case Intrinsic::localrecover:
  case Intrinsic::localaddress:
  case Intrinsic::eh_dwarf_cfa:
  case Intrinsic::eh_return_i32:
  case Intrinsic::eh_return_i64:
  case Intrinsic::eh_unwind_init:
    return "builtin that looks into the machine stack; it has no neutral form";
  case Intrinsic::clear_cache:
    return "__builtin___clear_cache: code made at run time would be for one "
           "ISA only; use the program's interpreter instead of its JIT";
  case Intrinsic::readcyclecounter:
  case Intrinsic::readsteadycounter:
    return "cycle counters count different things on each ISA; use "
           "clock_gettime";
  case Intrinsic::set_rounding:
  case Intrinsic::get_fpenv:
  case Intrinsic::set_fpenv:
  case Intrinsic::reset_fpenv:
  case Intrinsic::get_fpmode:
  case Intrinsic::set_fpmode:
  case Intrinsic::reset_fpmode:
    return "builtin that changes the floating-point environment; use <fenv.h>";
  case Intrinsic::init_trampoline:
  case Intrinsic::adjust_trampoline:
    return "a trampoline is code made at run time for one ISA; pass a context "
           "pointer instead";
  case Intrinsic::vscale:
    return "scalable vectors exist on one ISA only; use fixed-size vectors";
  default:
    return nullptr;
  }
}

void Refuser::checkIntrinsic(const CallBase &CB, const Function &Callee) {
  if (Callee.isTargetIntrinsic()) {
    at(CB, "'" + Callee.getName() +
               "' is an instruction of one ISA (arm_neon.h, immintrin.h and "
               "the like); use portable C or clang's vector extensions");
    return;
  }
  if (const char *Why = whyRefused(Callee.getIntrinsicID()))
    at(CB, Why);
}

bool popcorn::refuseForeign(Module &M) { return Refuser(M).run(); }

//===- Our own work -------------------------------------------------------===//

static const char *findLeftover(const Instruction &I) {
  if (isa<IndirectBrInst>(I))
    return "an indirect branch";
  if (isa<VAStartInst>(I) || isa<VACopyInst>(I) || isa<VAEndInst>(I))
    return "a va_ intrinsic";
  auto *CB = dyn_cast<CallBase>(&I);
  if (!CB)
    return nullptr;
  if (CB->isInlineAsm())
    return "inline assembly";
  if (CB->getFunctionType()->isVarArg() && !popcorn::isIntrinsicCall(*CB))
    return "a variadic call";
  return nullptr;
}

// A call as variadic of a function that is not, or the reverse: they disagree
// about where the arguments are.
static bool disagreesOnVariadic(const Instruction &I) {
  auto *CB = dyn_cast<CallBase>(&I);
  auto *Callee =
      CB ? dyn_cast<Function>(CB->getCalledOperand()->stripPointerCasts())
         : nullptr;
  if (!Callee || Callee->isIntrinsic() || Callee->isDeclaration())
    return false;
  return Callee->hasFnAttribute(popcorn::VariadicAttr) !=
         CB->getAttributes().hasFnAttr(popcorn::VariadicAttr);
}

void popcorn::verifyNeutral(Module &M) {
  for (const Function &F : M) {
    const char *Found = nullptr;
    if (F.isVarArg() && !F.isIntrinsic())
      Found = "a variadic type";
    for (const Instruction &I : instructions(F)) {
      if (!Found)
        Found = findLeftover(I);
      if (disagreesOnVariadic(I))
        M.getContext().diagnose(DiagnosticInfoUnsupported(
            F,
            "function '" + F.getName() +
                "' calls a variadic function through a type without '...', or "
                "the reverse; declare the callee as it is defined",
            I.getDebugLoc()));
    }
    if (Found)
      M.getContext().emitError(M.getSourceFileName() + ": function '" +
                               F.getName() + "' still has " + Found +
                               " (a bug in libpopcorn-neutral)");
  }
}
