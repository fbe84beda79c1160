//===- unused_math.cpp - libm functions nobody can call -------------------===//
//
// The merge keeps every function a back end may call by itself, and with them
// most of libm, in each program. Code for them takes longer than the program's
// own, and the link throws it away. The large ones go before: those that no
// code refers to and that no operation becomes. An operation is an intrinsic
// whose name has the function's name in it (llvm.sin.v2f64, llvm.experimental.
// constrained.pow.f128), or an instruction (frem). Should a back end call one
// nevertheless, the link fails for want of the symbol.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"

using namespace llvm;

namespace popcorn {

namespace {
struct Family {
  const char *Function;   // also with f and l at its end
  const char *Operations; // what becomes a call of it
};

class Reach {
public:
  explicit Reach(Module &M);
  bool contains(const Function *F) const { return Seen.contains(F); }

private:
  void add(const Constant *C) {
    if (Seen.insert(C).second)
      Work.push_back(C);
  }
  void addOperands(const User &U) {
    for (const Value *Operand : U.operands())
      if (auto *C = dyn_cast<Constant>(Operand))
        add(C);
  }
  void addCallees(StringRef Operation);
  void visit(const Instruction &I);

  Module &M;
  SmallPtrSet<const Constant *, 32> Seen;
  SmallVector<const Constant *, 64> Work;
  StringSet<> Operations;
};
} // namespace

static const Family Families[] = {
    {"sin", "sin"},   {"cos", "cos"},   {"tan", "tan"},     {"asin", "asin"},
    {"acos", "acos"}, {"atan", "atan"}, {"sinh", "sinh"},   {"cosh", "cosh"},
    {"tanh", "tanh"}, {"exp", "exp"},   {"exp2", "exp2"},   {"exp10", "exp10"},
    {"log", "log"},   {"log2", "log2"}, {"log10", "log10"}, {"pow", "pow"},
    {"cbrt", "pow"},  {"fmod", "frem"}, {"fma", "fma"},     {"fma", "fmuladd"},
};

// Of a name with or without its suffix; null for all others.
static const Family *familyOf(StringRef Name) {
  for (const Family &Each : Families) {
    StringRef Suffix = Name;
    if (Suffix.consume_front(Each.Function) &&
        (Suffix.empty() || Suffix == "f" || Suffix == "l"))
      return &Each;
  }
  return nullptr;
}

static bool isCandidate(const Function &F) {
  return !F.isDeclaration() && !F.hasLocalLinkage() && familyOf(F.getName());
}

void Reach::addCallees(StringRef Operation) {
  if (!Operations.insert(Operation).second)
    return;
  for (const Family &Each : Families)
    if (Operation == Each.Operations)
      for (const char *Suffix : {"", "f", "l"})
        if (Function *F = M.getFunction((Each.Function + Twine(Suffix)).str()))
          add(F);
}

void Reach::visit(const Instruction &I) {
  addOperands(I);
  if (I.getOpcode() == Instruction::FRem)
    addCallees("frem");
  if (auto *Call = dyn_cast<IntrinsicInst>(&I)) {
    SmallVector<StringRef, 8> Parts;
    Call->getCalledFunction()->getName().split(Parts, '.');
    for (StringRef Part : Parts)
      addCallees(Part);
  }
}

Reach::Reach(Module &M) : M(M) {
  for (const GlobalValue &Global : M.global_values())
    if (!Global.isDeclaration() && !Global.hasLocalLinkage() &&
        !(isa<Function>(Global) && isCandidate(cast<Function>(Global))))
      add(&Global);
  while (!Work.empty()) {
    const Constant *C = Work.pop_back_val();
    addOperands(*C);
    if (auto *F = dyn_cast<Function>(C))
      for (const Instruction &I : instructions(*F))
        visit(I);
  }
}

void dropUnusedMath(Module &M) {
  Reach Reached(M);
  for (Function &F : M)
    if (isCandidate(F) && !Reached.contains(&F))
      F.setLinkage(GlobalValue::InternalLinkage);
  LoopAnalysisManager Loops;
  FunctionAnalysisManager Functions;
  CGSCCAnalysisManager Components;
  ModuleAnalysisManager Modules;
  PassBuilder Builder;
  Builder.registerModuleAnalyses(Modules);
  Builder.registerCGSCCAnalyses(Components);
  Builder.registerFunctionAnalyses(Functions);
  Builder.registerLoopAnalyses(Loops);
  Builder.crossRegisterProxies(Loops, Functions, Components, Modules);
  GlobalDCEPass().run(M, Modules);
}

} // namespace popcorn
