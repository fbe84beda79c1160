// Which functions must not migrate, and which calls may.
//
// A back end may call memcpy, fmod and their like by itself, at places that
// have no call site in the IR. A thread inside such a function can therefore
// not be moved: it and everything it calls stay free of migration points.
// For all others, a call may migrate if it can reach a migration point.
#include "internal.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace popcorn {

// What a code generator of LLVM calls without being asked to.
static const char *const LibcallNames[] = {
#define HANDLE_LIBCALL(Code, Name) Name,
#include "llvm/IR/RuntimeLibcalls.def"
#undef HANDLE_LIBCALL
    // Not in that list: target-specific lowerings and idioms of late passes,
    // and clang's helpers for _Complex, which need no points either.
    "bcmp",        "bzero",      "__bzero",  "memcmp",        "strlen",
    "sincos",      "sincosf",    "sincosl",  "__exp10",       "__exp10f",
    "__muldc3",    "__mulsc3",   "__multc3", "__divdc3",      "__divsc3",
    "__divtc3",    "__mulhc3",   "__divhc3", "__popcountdi2", "__popcountsi2",
    "__paritysi2", "__paritydi2"};

namespace {
struct Closure {
  State &S;
  // Function -> who put it here, for messages.
  MapVector<Function *, Function *> Reached;
  SmallVector<Function *, 32> Work;

  explicit Closure(State &S) : S(S) {}

  void add(Function *F, Function *From) {
    if (!F->isDeclaration() && Reached.insert({F, From}).second)
      Work.push_back(F);
  }
  std::string path(Function *F) {
    std::string Text = F->getName().str();
    while ((F = Reached.lookup(F)))
      Text = F->getName().str() + " -> " + Text;
    return Text;
  }
  void visit(Function *F);
};
} // namespace

void Closure::visit(Function *F) {
  for (Instruction &I : instructions(*F)) {
    if (!isRealCall(I))
      continue;
    Function *Callee = directCallee(cast<CallBase>(I));
    GlobalValue *Named = namedCallee(cast<CallBase>(I));
    // Whichever definition it gets must not migrate: the link sees to that.
    if (S.Options.Elsewhere && Named && !Callee)
      continue;
    if (!Callee || (Callee->isDeclaration() && isMigratingNative(*Callee))) {
      S.error(I, "the code generator calls " + path(F) +
                     " by itself, so it cannot migrate, but it calls " +
                     (Callee ? Callee->getName() : "through a pointer") +
                     ". Rename the function, or do without that call");
      continue;
    }
    add(Callee, F);
  }
}

// In LLVM's list for the sake of linking: IR passes make it (from malloc and
// memset), back ends do not.
// And no `resume` is left, of which they make the other (exceptions.cpp).
static bool isMadeByBackEnd(StringRef Name) {
  return Name != "calloc" && Name != "_Unwind_Resume";
}

// Those that back ends call by themselves.
static std::vector<StringRef> backEndCallees() {
  std::vector<StringRef> Names;
  for (const char *Name : LibcallNames)
    if (Name && isMadeByBackEnd(Name))
      Names.push_back(Name);
  return Names;
}

void findNonMigrating(State &S) {
  Closure C(S);
  for (StringRef Name : backEndCallees())
    if (Function *F = S.M.getFunction(Name))
      C.add(F, nullptr);
  for (Function &F : S.M)
    if (F.hasFnAttribute(NonMigratingAttr) ||
        (S.Options.Elsewhere && S.Options.Elsewhere->contains(F.getName())))
      C.add(&F, nullptr);
  while (!C.Work.empty())
    C.visit(C.Work.pop_back_val());
  for (auto &[F, From] : C.Reached) {
    F->addFnAttr(NonMigratingAttr);
    S.NonMigrating.insert(F);
  }
  S.Report.NonMigratingFunctions = C.Reached.size();
}

bool mayMigrate(const State &S, const Instruction &I) {
  if (!isRealCall(I) || S.NonMigrating.contains(I.getFunction()))
    return false;
  Function *Callee = directCallee(cast<CallBase>(I));
  if (Callee && !Callee->isDeclaration())
    return S.MayMigrate.contains(Callee);
  if (Callee && isMigratingNative(*Callee))
    return true;
  // Of a whole program what is not defined here is native.
  GlobalValue *Named = namedCallee(cast<CallBase>(I));
  bool Known = Named && (Callee || S.Options.Elsewhere);
  return !Known || S.isUnknown(*Named);
}

void findMayMigrate(State &S) {
  DenseMap<const Function *, SmallVector<Function *, 4>> Callers;
  SmallVector<const Function *, 64> Work;
  auto mark = [&](const Function *F) {
    if (!S.NonMigrating.contains(F) && S.MayMigrate.insert(F).second)
      Work.push_back(F);
  };
  for (Function &F : S.M) {
    for (Instruction &I : instructions(F))
      if (mayMigrate(S, I))
        mark(&F);
      else if (isRealCall(I))
        Callers[directCallee(cast<CallBase>(I))].push_back(&F);
  }
  while (!Work.empty())
    for (Function *Caller : Callers.lookup(Work.pop_back_val()))
      mark(Caller);
  S.Report.MayMigrateFunctions = S.MayMigrate.size();
}

// What F calls, by name; static functions count as part of their callers.
static void addCallees(const Function &F,
                       SmallPtrSetImpl<const Function *> &Seen,
                       StringSet<> &Out) {
  if (!Seen.insert(&F).second)
    return;
  for (const Instruction &I : instructions(F)) {
    GlobalValue *Callee =
        isRealCall(I) ? namedCallee(cast<CallBase>(I)) : nullptr;
    auto *Static = dyn_cast_or_null<Function>(Callee);
    if (Static && Static->hasLocalLinkage())
      addCallees(*Static, Seen, Out);
    else if (Callee)
      Out.insert(Callee->getName());
  }
}

void NonMigratingNames::add(const Module &M) {
  for (const GlobalValue &GV : M.global_values()) {
    auto *F = dyn_cast_or_null<Function>(GV.getAliaseeObject());
    StringRef Name = GV.getName();
    if (!F || F->isIntrinsic() || GV.hasLocalLinkage())
      continue;
    if (F->hasFnAttribute(NonMigratingAttr))
      Roots.insert(Name);
    if (!F->isDeclaration()) {
      SmallPtrSet<const Function *, 8> Seen;
      addCallees(*F, Seen, Callees[Name]);
    } else if (isMigratingNative(*F)) {
      Migrating.insert(Name);
    } else if (Native.contains(Name)) {
      Plain.insert(Name);
    }
  }
}

std::vector<std::string> NonMigratingNames::names() const {
  StringSet<> Found;
  std::vector<StringRef> Work = backEndCallees();
  for (const auto &Root : Roots)
    Work.push_back(Root.getKey());
  while (!Work.empty()) {
    StringRef Name = Work.back();
    Work.pop_back();
    auto Entry = Callees.find(Name);
    if (Entry == Callees.end() || !Found.insert(Name).second)
      continue;
    for (const auto &Callee : Entry->second)
      Work.push_back(Callee.getKey());
  }
  std::vector<std::string> Names;
  for (const auto &Name : Found)
    Names.push_back(Name.getKey().str());
  for (const auto &Name : Plain)
    if (!Migrating.contains(Name.getKey()) && !Callees.contains(Name.getKey()))
      Names.push_back(Name.getKey().str());
  llvm::sort(Names);
  return Names;
}

} // namespace popcorn
