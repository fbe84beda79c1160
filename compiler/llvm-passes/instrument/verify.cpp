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
//   6. every cycle polls, or is marked as ending soon by itself;
//   7. the landing table has the calls with a way to a landing, and no others:
//      each with that landing's call site, in ascending order, of one function.
#include "internal.h"

#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

const GCStatepointInst *firstSite(const BasicBlock *Block) {
  SmallPtrSet<const BasicBlock *, 4> Seen;
  for (; Block && Seen.insert(Block).second;
       Block = Block->getSingleSuccessor())
    for (const Instruction &I : *Block)
      if (auto *Site = dyn_cast<GCStatepointInst>(&I))
        return Site;
  return nullptr;
}

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
  DenseMap<uint64_t, const GCStatepointInst *> SiteOf;
  DenseMap<uint64_t, uint64_t> Tabled; // call -> landing, by the tables

  void fail(const Instruction &I, const Twine &What);
  void checkCall(const CallBase &Call);
  void checkId(const GCStatepointInst &Site);
  void checkLive(const GCStatepointInst &Site);
  void checkValue(const Value &V, const Function &F);
  void checkCycles(const Function &F);
  void readTable(const GlobalVariable &Table);
  void checkEdge(const CallBrInst &Edge);
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

// A call-site id as tables have it: a number, or one behind the module's base.
static uint64_t siteNumber(const Constant *C) {
  if (auto *Number = dyn_cast<ConstantInt>(C))
    return Number->getZExtValue();
  APInt Offset(64, 0);
  const Value *V = C;
  while (auto *Expr = dyn_cast<ConstantExpr>(V)) {
    if (auto *GEP = dyn_cast<GEPOperator>(Expr)) {
      if (!GEP->accumulateConstantOffset(DataLayout(""), Offset))
        return 0;
    }
    V = Expr->getOperand(0);
  }
  return V->getName() == SiteBaseName ? Offset.getZExtValue() : 0;
}

void Checker::readTable(const GlobalVariable &Table) {
  uint64_t Last = 0;
  const Constant *Rows = Table.getInitializer();
  const Function *Owner = nullptr;
  for (unsigned I = 0; I < Rows->getNumOperands(); I++) {
    auto *Row = cast<Constant>(Rows->getOperand(I));
    uint64_t Call = siteNumber(Row->getAggregateElement(0u));
    uint64_t Land = siteNumber(Row->getAggregateElement(1u));
    const GCStatepointInst *At = SiteOf.lookup(Call);
    if (!At || !SiteOf.lookup(Land) || Call <= Last ||
        (Owner && At->getFunction() != Owner)) {
      Errors++;
      M.getContext().emitError("instrumentation check: " + Table.getName() +
                               ": row " + Twine(I) + " is wrong");
      continue;
    }
    Owner = At->getFunction();
    Last = Call;
    Tabled[Call] = Land;
    if (!(At->getID() & TokenIdBit))
      fail(*At, "call with a landing has no frame token");
  }
}

// The call behind an edge lands where the edge leads, with nothing before the
// landing's call site.
void Checker::checkEdge(const CallBrInst &Edge) {
  auto *Call = firstSite(Edge.getDefaultDest());
  auto *Land = dyn_cast<GCStatepointInst>(
      &*Edge.getIndirectDest(0)->getFirstNonPHIOrDbg());
  if (!Land || !target(*Land) || target(*Land)->getName() != LandName) {
    fail(Edge, "landing does not begin with its call site");
    return;
  }
  if (!Land->gc_args().empty())
    fail(*Land, "something is live at a landing");
  // A call that never migrates, and so throws nothing, has no site: then this is
  // another, which is in no table, or of an edge of its own.
  auto Row = Call ? Tabled.find(Call->getID() & UINT32_MAX) : Tabled.end();
  if (Row == Tabled.end())
    return;
  if (Row->second != (Land->getID() & UINT32_MAX))
    fail(*Call, "call lands elsewhere than its edge leads");
  Tabled.erase(Row);
}

bool Checker::run() {
  for (const Function &F : M) {
    for (const Instruction &I : instructions(F))
      if (auto *Site = dyn_cast<GCStatepointInst>(&I)) {
        HasSites.insert(&F);
        SiteOf[Site->getID() & UINT32_MAX] = Site;
      }
    if (!F.isDeclaration() && readsPollWord(F.getEntryBlock()))
      Polling.insert(&F);
  }
  for (const GlobalVariable &GV : M.globals())
    if (GV.getSection() == LandingSection && GV.hasInitializer())
      readTable(GV);
  for (const Function &F : M)
    for (const BasicBlock &Block : F)
      if (auto *Edge = dyn_cast<CallBrInst>(Block.getTerminator()))
        checkEdge(*Edge);
  for (auto [Call, Land] : Tabled)
    fail(*SiteOf.lookup(Call), "call in the table has no way to a landing");
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
