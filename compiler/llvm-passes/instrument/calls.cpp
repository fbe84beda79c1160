// What the passes ask of a call, and how they refuse one.
#include "internal.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Statepoint.h"

using namespace llvm;

namespace popcorn {

void State::error(const Twine &Message) {
  Failed = true;
  M.getContext().emitError(Message);
}

void State::error(const Instruction &Where, const Twine &Message) {
  error(describe(Where) + ": " + Message);
}

std::string describe(const Instruction &I) {
  std::string Text = I.getFunction()->getName().str();
  if (const DebugLoc &Loc = I.getDebugLoc()) {
    Text +=
        " at " + Loc->getFilename().str() + ":" + std::to_string(Loc.getLine());
  }
  return Text;
}

GlobalValue *namedCallee(const CallBase &Call) {
  return dyn_cast<GlobalValue>(Call.getCalledOperand()->stripPointerCasts());
}

bool isReplaceable(const GlobalValue &GV) {
  return !GV.isDeclaration() && !GV.isDefinitionExact();
}

bool isElsewhere(const GlobalValue &GV) {
  return GV.isDeclaration() || isReplaceable(GV);
}

Function *directCallee(const CallBase &Call) {
  GlobalValue *Callee = namedCallee(Call);
  if (!Callee || isReplaceable(*Callee))
    return nullptr;
  return dyn_cast_or_null<Function>(Callee->getAliaseeObject());
}

bool isRealCall(const Instruction &I) {
  auto *Call = dyn_cast<CallBase>(&I);
  return Call && !isa<IntrinsicInst>(Call) && !Call->isInlineAsm();
}

bool isTailCall(const Instruction &I) {
  auto *Call = dyn_cast<CallInst>(&I);
  return Call && Call->isMustTailCall();
}

bool isLandCall(const Instruction &I) { return I.hasMetadata(LandMetadata); }
bool hasLanding(const Instruction &I) { return I.hasMetadata(LandingMetadata); }

bool isSetjmpName(StringRef Name) {
  return Name == "setjmp" || Name == "_setjmp" || Name == "sigsetjmp" ||
         Name == "__sigsetjmp";
}

bool isSetjmpCall(const Instruction &I) {
  if (!isRealCall(I))
    return false;
  Function *Callee = directCallee(cast<CallBase>(I));
  return Callee && Callee->isDeclaration() && isSetjmpName(Callee->getName());
}

bool isMigratingNative(const Function &F) {
  StringRef Name = F.getName();
  // libc's longjmp calls what walks the control stack from its caller when
  // the thread has moved since setjmp, so that call needs a frame map too.
  return Name == PollSlowName || Name == "__popcorn_syscall" ||
         Name == "__popcorn_syscall_memory" ||
         Name == "__popcorn_syscall_plain" || isSetjmpName(Name) ||
         Name == "__popcorn_longjmp" || Name == LandName ||
         F.hasFnAttribute(MayMigrateAttr);
}

static bool isCallee(const Use &U) {
  auto *Call = dyn_cast<CallBase>(U.getUser());
  if (!Call)
    return false;
  if (isa<GCStatepointInst>(Call))
    return U.getOperandNo() == GCStatepointInst::CalledFunctionPos;
  return Call->isCallee(&U);
}

static bool isNullCheck(const Use &U) {
  auto *Compare = dyn_cast<ICmpInst>(U.getUser());
  return Compare && Compare->isEquality() &&
         isa<ConstantPointerNull>(Compare->getOperand(1 - U.getOperandNo()));
}

static bool escapes(const Value &V, SmallPtrSetImpl<const Value *> &Seen) {
  for (const Use &U : V.uses()) {
    const User *Us = U.getUser();
    if (!Seen.insert(Us).second && isa<Constant>(Us))
      continue;
    if (isCallee(U) || isNullCheck(U))
      continue;
    // A cast or an alias-like constant: what matters is who uses that.
    if (!isa<ConstantExpr>(Us) || isa<GlobalValue>(Us) || escapes(*Us, Seen))
      return true;
  }
  return false;
}

bool addressEscapes(const Function &F) {
  SmallPtrSet<const Value *, 16> Seen;
  return escapes(F, Seen);
}

} // namespace popcorn
