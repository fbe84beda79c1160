// The checker of instrumented IR. Written apart from the passes: it shares
// their names for runtime symbols and nothing else, and uses other algorithms.
//
//   1. no alloca is left, but for some in functions that never migrate;
//   2. every call that may migrate is a statepoint, and no plain call reaches
//      a function that has one, but tail calls;
//   3. no SSA value is live across a statepoint: what is used later is
//      defined after it, from its relocates or its result;
//   4. gc-live holds neither constants nor allocas;
//   5. ids are 1..n, each once;
//   6. every cycle polls, or is marked as ending soon by itself.
#include "internal.h"

#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

namespace {
class Checker {
public:
  Checker(Module &M, const StringSet<> *Elsewhere)
      : M(M), Elsewhere(Elsewhere) {}
  bool run();

private:
  Module &M;
  const StringSet<> *Elsewhere;
  unsigned Errors = 0;
  DenseSet<const Function *> HasSites;
  DenseSet<const Function *> Polling; // first block reads the poll word
  std::vector<bool> IdSeen;

  void fail(const Instruction &I, const Twine &What);
  void checkCall(const CallBase &Call);
  void checkId(const GCStatepointInst &Site);
  void checkLive(const GCStatepointInst &Site);
  void checkValue(const Value &V, const Function &F);
  void checkCycles(const Function &F);
  bool isPoint(const BasicBlock &Block) const;
};
} // namespace

void Checker::fail(const Instruction &I, const Twine &What) {
  Errors++;
  std::string Text;
  raw_string_ostream(Text) << I;
  M.getContext().emitError("instrumentation check: " + describe(I) + ": " +
                           What + ":" + Text);
}

static bool readsPollWord(const BasicBlock &Block) {
  return any_of(Block, [](const Instruction &I) {
    auto *Load = dyn_cast<LoadInst>(&I);
    return Load && Load->isVolatile() &&
           Load->getPointerOperand()->getName() == PollWordName;
  });
}

// What a call leads to, whether it is a statepoint or not.
static const Function *target(const CallBase &Call) {
  auto *Site = dyn_cast<GCStatepointInst>(&Call);
  const Value *V =
      Site ? Site->getActualCalledOperand() : Call.getCalledOperand();
  V = V->stripPointerCastsAndAliases();
  return dyn_cast<Function>(V);
}

// The name under which a plain call finds its callee.
static const GlobalValue *symbol(const CallBase &Call) {
  return cast<GlobalValue>(Call.getCalledOperand()->stripPointerCasts());
}

// Locals of a function in which no thread moves, if no memory ever holds the
// address of one.
static bool mayStay(const Instruction &Local) {
  if (!Local.getFunction()->hasFnAttribute(NonMigratingAttr))
    return false;
  SmallVector<const Value *, 8> Work{&Local};
  SmallPtrSet<const Value *, 8> Known{&Local};
  while (!Work.empty()) {
    const Value *Address = Work.pop_back_val();
    for (const User *U : Address->users()) {
      auto *Store = dyn_cast<StoreInst>(U);
      if (U->getType()->isPtrOrPtrVectorTy() && !isa<CallBase>(U) &&
          !isa<LoadInst>(U)) {
        if (Known.insert(U).second)
          Work.push_back(U);
      } else if ((Store && Store->getValueOperand() == Address) ||
                 isa<PtrToIntInst>(U) || isa<ReturnInst>(U) ||
                 isa<InsertValueInst>(U) || isa<AtomicCmpXchgInst>(U) ||
                 isa<AtomicRMWInst>(U)) {
        return false;
      }
    }
  }
  return true;
}

void Checker::checkCall(const CallBase &Call) {
  const Function *Callee = target(Call);
  if (isa<GCStatepointInst>(Call) || Call.isInlineAsm() ||
      (Callee && Callee->isIntrinsic())) {
    return;
  }
  // The frame is gone when its callee begins.
  if (isa<CallInst>(Call) && cast<CallInst>(Call).isMustTailCall() &&
      !Call.getFunction()->hasFnAttribute(NonMigratingAttr))
    return;
  if (!Callee)
    fail(Call, "call through a pointer is not a statepoint");
  else if (HasSites.contains(Callee))
    fail(Call, "plain call of a function that has call sites");
  else if (Callee->isDeclaration() && isMigratingNative(*Callee))
    fail(Call, "call that may migrate is not a statepoint");
  else if (Elsewhere && !Elsewhere->contains(symbol(Call)->getName()) &&
           !Call.getFunction()->hasFnAttribute(NonMigratingAttr) &&
           (Callee->isDeclaration() || !symbol(Call)->isDefinitionExact()))
    fail(Call, "plain call of a function of which nothing is known");
}

void Checker::checkId(const GCStatepointInst &Site) {
  uint64_t Id = Site.getID() & UINT32_MAX;
  if ((Site.getID() & ~(TokenIdBit | UINT32_MAX)) != 0 || Id == 0) {
    fail(Site, "malformed call-site id");
    return;
  }
  if (Id >= IdSeen.size())
    IdSeen.resize(Id + 1);
  if (IdSeen[Id])
    fail(Site, "call-site id used twice");
  IdSeen[Id] = true;
  if ((Site.getID() & TokenIdBit) && Site.gc_args().empty())
    fail(Site, "frame token announced and not there");
  // Live value 0 gets into the record by its relocate, if that is used.
  if ((Site.getID() & TokenIdBit) &&
      none_of(Site.getGCRelocates(), [](const GCRelocateInst *R) {
        return R->getBasePtrIndex() == 0 && !R->use_empty();
      })) {
    fail(Site, "frame token is not relocated");
  }
}

void Checker::checkLive(const GCStatepointInst &Site) {
  if (!Site.getFunction()->hasGC())
    fail(Site, "function with call sites has no gc strategy");
  for (const Use &U : Site.gc_args()) {
    const Value *V = U.get();
    while (auto *Cast = dyn_cast<CastInst>(V))
      V = Cast->getOperand(0);
    if (isa<Constant>(U.get()) || isa<AllocaInst>(V))
      fail(Site, "constant or alloca among the live values");
  }
  for (const GCRelocateInst *R : Site.getGCRelocates())
    if (R->getBasePtrIndex() != R->getDerivedPtrIndex())
      fail(*R, "relocate with a base of its own");
}

// Follows each use of V back to its definition; a statepoint on the way is
// one V is live across.
void Checker::checkValue(const Value &V, const Function &F) {
  auto *Def = dyn_cast<Instruction>(&V);
  const BasicBlock *Home = Def ? Def->getParent() : &F.getEntryBlock();
  SmallPtrSet<const BasicBlock *, 16> Seen;
  SmallVector<const BasicBlock *, 16> Work; // V is live out of these
  // Scans upwards from From (excluded; null: the end of the block).
  auto scan = [&](const BasicBlock *Block, const Instruction *From) {
    const Instruction *I = From ? From->getPrevNode() : Block->getTerminator();
    for (; I; I = I->getPrevNode()) {
      if (I == Def)
        return;
      if (isa<GCStatepointInst>(I)) {
        std::string Text;
        raw_string_ostream(Text) << V;
        fail(*I, "value live across it and not redefined:" + Text);
      }
    }
    if (Block != Home)
      Work.append(pred_begin(Block), pred_end(Block));
  };
  for (const Use &U : V.uses()) {
    auto *User = cast<Instruction>(U.getUser());
    if (auto *Phi = dyn_cast<PHINode>(User))
      Work.push_back(Phi->getIncomingBlock(U));
    else
      scan(User->getParent(), User);
    while (!Work.empty()) {
      const BasicBlock *Block = Work.pop_back_val();
      if (Seen.insert(Block).second)
        scan(Block, nullptr);
    }
  }
}

bool Checker::isPoint(const BasicBlock &Block) const {
  if (readsPollWord(Block))
    return true;
  return any_of(Block, [&](const Instruction &I) {
    auto *Call = dyn_cast<CallBase>(&I);
    return Call && Polling.contains(target(*Call));
  });
}

static const BasicBlock *boundedEdge(const Instruction &Terminator) {
  const MDNode *Mark = Terminator.getMetadata(BoundedMetadata);
  if (!Mark)
    return nullptr;
  auto *Index = mdconst::extract<ConstantInt>(Mark->getOperand(0));
  return Terminator.getSuccessor(Index->getZExtValue());
}

// Removes the blocks that are points and the back edges marked as bounded;
// what is left must be without cycles (Kahn: peel off blocks nobody enters).
void Checker::checkCycles(const Function &F) {
  if (F.hasFnAttribute(NonMigratingAttr) || F.hasFnAttribute(NoPollAttr))
    return;
  DenseMap<const BasicBlock *, unsigned> Entering;
  SmallVector<const BasicBlock *, 32> Left;
  auto edges = [&](const BasicBlock *Block) {
    SmallVector<const BasicBlock *, 4> Next;
    // Only the edge back is marked: leaving out the others as well would
    // hide an outer cycle.
    const BasicBlock *Back = boundedEdge(*Block->getTerminator());
    for (const BasicBlock *To : successors(Block))
      if (To != Back && !isPoint(*To))
        Next.push_back(To);
    return Next;
  };
  for (const BasicBlock &Block : F) {
    if (!isPoint(Block)) {
      Left.push_back(&Block);
      for (const BasicBlock *To : edges(&Block))
        Entering[To]++;
    }
  }
  size_t Count = Left.size(), Done = 0;
  SmallVector<const BasicBlock *, 32> Ready;
  copy_if(Left, std::back_inserter(Ready),
          [&](const BasicBlock *B) { return Entering.lookup(B) == 0; });
  while (!Ready.empty()) {
    const BasicBlock *Block = Ready.pop_back_val();
    Done++;
    for (const BasicBlock *To : edges(Block))
      if (--Entering[To] == 0)
        Ready.push_back(To);
  }
  if (Done != Count) {
    for (const BasicBlock *Block : Left) {
      if (Entering.lookup(Block) != 0) {
        fail(*Block->getTerminator(), "cycle without a poll");
        return;
      }
    }
  }
}

bool Checker::run() {
  for (const Function &F : M) {
    for (const Instruction &I : instructions(F))
      if (isa<GCStatepointInst>(I))
        HasSites.insert(&F);
    if (!F.isDeclaration() && readsPollWord(F.getEntryBlock()))
      Polling.insert(&F);
  }
  for (const Function &F : M) {
    if (F.isDeclaration())
      continue;
    for (const Argument &A : F.args())
      checkValue(A, F);
    for (const Instruction &I : instructions(F)) {
      if (isa<AllocaInst>(I) && !mayStay(I))
        fail(I, "alloca left on the control stack");
      if (auto *Call = dyn_cast<CallBase>(&I))
        checkCall(*Call);
      if (auto *Site = dyn_cast<GCStatepointInst>(&I)) {
        checkId(*Site);
        checkLive(*Site);
      }
      checkValue(I, F);
    }
    checkCycles(F);
  }
  for (size_t Id = 1; Id < IdSeen.size(); Id++) {
    if (!IdSeen[Id]) {
      Errors++;
      M.getContext().emitError("instrumentation check: call-site id " +
                               Twine(Id) + " is not used");
    }
  }
  return Errors == 0;
}

bool verifyInstrumentedModule(Module &M, const StringSet<> *Elsewhere) {
  std::string Text;
  raw_string_ostream OS(Text);
  if (verifyModule(M, &OS)) {
    M.getContext().emitError("instrumentation check: invalid IR: " + Text);
    return false;
  }
  return Checker(M, Elsewhere).run();
}

} // namespace popcorn
