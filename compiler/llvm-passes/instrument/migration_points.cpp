// Migration points at function entries.
//
// Loops get theirs in loop_points.cpp. What is left to bound is recursion:
// every cycle of calls passes a polled entry. Two kinds of entry do that:
// address-taken functions that can reach an indirect call (each cycle through
// a pointer has one), and one function of each cycle of direct calls. Larger
// functions are polled too, where two instructions do not show, so that a
// request is seen early in code without loops.
#include "internal.h"
#include "pass_limit.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace popcorn {

static constexpr unsigned LargeFunctionInstructions = 100;

using FunctionSet = SetVector<Function *>;

namespace {
struct CallGraph {
  // Only functions that can have points, in module order.
  SetVector<Function *> Nodes;
  DenseMap<Function *, FunctionSet> Callees;
  DenseMap<Function *, FunctionSet> Callers;
  FunctionSet Indirect; // have an indirect call
};
} // namespace

static bool canPoll(const State &S, const Function &F) {
  return !F.isDeclaration() && !S.NonMigrating.contains(&F) &&
         !F.hasFnAttribute(NoPollAttr);
}

// A call that may come back to any function that others can call: through a
// pointer, or to a function of another module. (One that does not return is in
// no cycle that goes on for long.)
static bool leavesModule(const State &S, const CallBase &Call) {
  GlobalValue *Named = namedCallee(Call);
  if (!Named)
    return true;
  if (!S.Options.Elsewhere)
    return !directCallee(Call);
  auto *F = dyn_cast<Function>(Named);
  return S.isUnknown(*Named) && !Call.doesNotReturn() &&
         !(F && F->isDeclaration() && isMigratingNative(*F));
}

static bool isCalledFromElsewhere(const State &S, const Function &F) {
  return F.hasAddressTaken() || (S.Options.Elsewhere && !F.hasLocalLinkage());
}

static CallGraph buildCallGraph(State &S) {
  CallGraph G;
  for (Function &F : S.M) {
    if (!canPoll(S, F))
      continue;
    G.Nodes.insert(&F);
    for (Instruction &I : instructions(F)) {
      if (!isRealCall(I))
        continue;
      auto &Call = cast<CallBase>(I);
      Function *Callee = directCallee(Call);
      if (leavesModule(S, Call)) {
        G.Indirect.insert(&F);
      } else if (Callee && canPoll(S, *Callee)) {
        G.Callees[&F].insert(Callee);
        G.Callers[Callee].insert(&F);
      }
    }
  }
  return G;
}

// Functions that others can call and from which such a call can be reached.
static void cutIndirectCycles(const State &S, CallGraph &G,
                              FunctionSet &Polled) {
  FunctionSet Reaches = G.Indirect;
  for (unsigned I = 0; I < Reaches.size(); I++)
    for (Function *Caller : G.Callers[Reaches[I]])
      Reaches.insert(Caller);
  for (Function *F : G.Nodes)
    if (Reaches.contains(F) && isCalledFromElsewhere(S, *F))
      Polled.insert(F);
}

// Strongly connected components of the graph without Polled (Tarjan, with an
// explicit stack: call graphs of real programs are deep).
namespace {
struct Components {
  CallGraph &G;
  const FunctionSet &Polled;
  DenseMap<Function *, unsigned> Index, Low;
  SetVector<Function *> Stack;
  std::vector<SmallVector<Function *, 4>> Cyclic;

  Components(CallGraph &G, const FunctionSet &Polled) : G(G), Polled(Polled) {
    for (Function *F : G.Nodes)
      if (!Polled.contains(F) && !Index.count(F))
        visit(F);
  }
  void visit(Function *Root);
  void close(Function *F);
};
} // namespace

void Components::visit(Function *Root) {
  SmallVector<std::pair<Function *, unsigned>, 32> Path;
  auto enter = [&](Function *F) {
    unsigned Number = Index.size() + 1;
    Index[F] = Low[F] = Number;
    Stack.insert(F);
    Path.push_back({F, 0});
  };
  enter(Root);
  while (!Path.empty()) {
    auto &[F, Next] = Path.back();
    const FunctionSet &Callees = G.Callees[F];
    if (Next < Callees.size()) {
      Function *Callee = Callees[Next++];
      if (Polled.contains(Callee))
        continue;
      if (!Index.count(Callee))
        enter(Callee);
      else if (Stack.contains(Callee))
        Low[F] = std::min(Low[F], Index[Callee]);
      continue;
    }
    Function *Done = F;
    Path.pop_back();
    if (!Path.empty()) {
      Function *Parent = Path.back().first;
      Low[Parent] = std::min(Low[Parent], Low[Done]);
    }
    if (Low[Done] == Index[Done])
      close(Done);
  }
}

void Components::close(Function *F) {
  SmallVector<Function *, 4> Members;
  do {
    Members.push_back(Stack.pop_back_val());
  } while (Members.back() != F);
  if (Members.size() > 1 || G.Callees[F].contains(F))
    Cyclic.push_back(std::move(Members));
}

// Polls one function of each cycle of direct calls, again until none is left.
// The best cut is where most edges of the component meet.
static void cutDirectCycles(CallGraph &G, FunctionSet &Polled) {
  for (;;) {
    Components C(G, Polled);
    if (C.Cyclic.empty())
      return;
    for (auto &Members : C.Cyclic) {
      SmallDenseSet<Function *> In(Members.begin(), Members.end());
      Function *Best = nullptr;
      size_t BestScore = 0;
      for (Function *F : Members) {
        auto inside = [&](Function *O) { return In.contains(O); };
        size_t Score =
            1 + count_if(G.Callers[F], inside) * count_if(G.Callees[F], inside);
        if (Score > BestScore) {
          Best = F;
          BestScore = Score;
        }
      }
      Polled.insert(Best);
    }
  }
}

static bool isLarge(const Function &F) {
  return F.getInstructionCount() >= LargeFunctionInstructions;
}

// True if F's first block hands over to a polled function anyway.
static bool entryCallsPolled(Function &F, const FunctionSet &Polled) {
  for (Instruction &I : F.getEntryBlock()) {
    if (isRealCall(I)) {
      Function *Callee = directCallee(cast<CallBase>(I));
      return Callee && Callee != &F && Polled.contains(Callee);
    }
  }
  return false;
}

static FunctionSet chooseEntries(State &S) {
  CallGraph G = buildCallGraph(S);
  if (S.Options.DensePoints)
    return FunctionSet(G.Nodes.begin(), G.Nodes.end());
  FunctionSet Polled;
  cutIndirectCycles(S, G, Polled);
  cutDirectCycles(G, Polled);
  for (Function *F : G.Nodes) {
    bool Leaf = none_of(instructions(*F), isRealCall);
    bool Wanted = isLarge(*F) || F->getName() == "main";
    if (!Leaf && Wanted && !entryCallsPolled(*F, Polled))
      Polled.insert(F);
  }
  return Polled;
}

// Static allocas first, so that they stay in the entry block when it is
// split. Returns the first instruction after them.
static Instruction *hoistAllocas(Function &F) {
  BasicBlock &Entry = F.getEntryBlock();
  Instruction *Top = &*Entry.begin();
  for (Instruction &I : make_early_inc_range(Entry)) {
    auto *Alloca = dyn_cast<AllocaInst>(&I);
    if (!Alloca || !isa<ConstantInt>(Alloca->getArraySize()))
      continue;
    if (Alloca == Top)
      Top = Top->getNextNode();
    else
      Alloca->moveBefore(Top);
  }
  return Top;
}

// A program may call the slow path itself (popcorn_migrate_point), and a
// loop of setjmp and longjmp is a cycle no control-flow graph shows.
static void finishExplicitPoints(State &S) {
  SmallVector<Instruction *, 8> AfterSetjmp;
  for (Function &F : S.M) {
    for (Instruction &I : instructions(F)) {
      if (isSetjmpCall(I)) {
        AfterSetjmp.push_back(I.getNextNode());
      } else if (isRealCall(I)) {
        Function *Callee = directCallee(cast<CallBase>(I));
        if (Callee && Callee->getName() == PollSlowName)
          cast<CallBase>(I).setCallingConv(CallingConv::PreserveMost);
      }
    }
  }
  for (Instruction *I : AfterSetjmp)
    if (canPoll(S, *I->getFunction()))
      insertPoll(S, I);
}

void insertMigrationPoints(State &S) {
  if (Function *Slow = S.M.getFunction(PollSlowName))
    Slow->setCallingConv(CallingConv::PreserveMost);
  FunctionSet Polled = chooseEntries(S);
  DenseSet<const Function *> PolledSet(Polled.begin(), Polled.end());
  for (Function &F : S.M) {
    if (canPoll(S, F)) {
      hoistAllocas(F);
      if (passLimit().allows("points in loops", F.getName()))
        insertLoopPoints(S, F, PolledSet);
      if (passLimit().allows("long blocks", F.getName()))
        divideLongBlocks(S, F);
    }
  }
  for (Function *F : Polled) {
    if (passLimit().allows("point at entry", F->getName())) {
      insertPoll(S, hoistAllocas(*F));
      S.Report.EntryPoints++;
    }
  }
  finishExplicitPoints(S);
  if (Function *Slow = S.M.getFunction(PollSlowName)) {
    Slow->setCallingConv(CallingConv::PreserveMost);
    Slow->setDSOLocal(true);
  }
}

} // namespace popcorn
