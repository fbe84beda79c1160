// Exceptions, as C++ has them: an invoke becomes a call, its pad a landing.
//
// A landing begins with a call of __popcorn_land, which nobody makes: it is there
// for its call site. The unwinder resumes the frame as if that call had returned,
// as longjmp resumes one at a setjmp. Nothing is live there (saveForLandings); the
// frame base and what is thrown are in __popcorn_jump. So the code on the way of
// those who do not throw is that of a plain call, and of what a landing needs
// stores where it is defined.
//
// That a landing can be reached LLVM is told by `callbr` with an assembly without
// an instruction, just before the call. Nothing that LLVM does after this may know
// better what is in memory at a landing than it does after any call: __popcorn_land
// is one, of which nothing is known.
#include "exceptions.h"
#include "internal.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

#include <map>

using namespace llvm;

namespace popcorn {

static unsigned numberOf(const Instruction &I, StringRef Kind) {
  const MDNode *Node = I.getMetadata(Kind);
  return mdconst::extract<ConstantInt>(Node->getOperand(0))->getZExtValue();
}

static void setNumber(Instruction &I, StringRef Kind, unsigned Number) {
  Type *I32 = Type::getInt32Ty(I.getContext());
  auto *N = ConstantAsMetadata::get(ConstantInt::get(I32, Number));
  I.setMetadata(Kind, MDNode::get(I.getContext(), N));
}

namespace {
class Lowering {
public:
  Lowering(State &S, Function &F) : S(S), F(F), C(F.getContext()) {}
  void run();

private:
  State &S;
  Function &F;
  LLVMContext &C;
  std::vector<Constant *> Types; // selector - 1
  std::vector<Instruction *> Pads, Resumes, TypeIds;

  void collect();
  int64_t selectorOf(Constant *Type);
  unsigned newLanding(const LandingPadInst &Pad);
  BasicBlock *newLandingBlock(LandingPadInst &Pad, unsigned &Number);
  void lowerPad(LandingPadInst *Pad);
  void lowerInvoke(InvokeInst *Invoke, BasicBlock *Land, unsigned Number);
  void replacePad(LandingPadInst *Pad);
  void lowerResume(ResumeInst *Resume);
};
} // namespace

// Numbers are the function's own, as llvm.eh.typeid.for asks for no more.
int64_t Lowering::selectorOf(Constant *Type) {
  auto Found = find(Types, Type);
  if (Found != Types.end())
    return Found - Types.begin() + 1;
  Types.push_back(Type);
  return Types.size();
}

unsigned Lowering::newLanding(const LandingPadInst &Pad) {
  Landing L{&F, F.getPersonalityFn(), {}, 0, {}};
  Constant *None = ConstantPointerNull::get(PointerType::get(C, 0));
  int64_t Filters = 0;
  for (unsigned I = 0; I < Pad.getNumClauses(); I++) {
    Constant *Clause = Pad.getClause(I);
    if (Pad.isCatch(I)) {
      L.Clauses.push_back({selectorOf(Clause), Clause});
      continue;
    }
    // An exception specification: how many types, then each.
    unsigned Count = cast<ArrayType>(Clause->getType())->getNumElements();
    L.Clauses.push_back(
        {--Filters,
         ConstantExpr::getIntToPtr(ConstantInt::get(Type::getInt64Ty(C), Count),
                                   PointerType::get(C, 0))});
    for (unsigned J = 0; J < Count; J++) {
      Constant *T = Clause->getAggregateElement(J);
      L.Clauses.push_back({selectorOf(T), T});
    }
  }
  if (Pad.isCleanup())
    L.Clauses.push_back({ClauseCleanup, None});
  S.Landings.push_back(std::move(L));
  return S.Landings.size() - 1;
}

BasicBlock *Lowering::newLandingBlock(LandingPadInst &Pad, unsigned &Number) {
  BasicBlock *Land = BasicBlock::Create(C, "land", &F, Pad.getParent());
  IRBuilder<> B(Land);
  B.SetCurrentDebugLocation(Pad.getDebugLoc());
  CallInst *Call =
      B.CreateCall(S.M.getOrInsertFunction(LandName, B.getVoidTy()));
  Call->addFnAttr(Attribute::NoDuplicate);
  Call->addFnAttr(Attribute::NoMerge);
  Number = newLanding(Pad);
  setNumber(*Call, LandMetadata, Number);
  B.CreateBr(Pad.getParent());
  return Land;
}

void Lowering::lowerInvoke(InvokeInst *Invoke, BasicBlock *Land,
                           unsigned Number) {
  CallInst *Call = createCallMatchingInvoke(Invoke);
  Call->takeName(Invoke);
  Call->insertBefore(Invoke->getIterator());
  setNumber(*Call, LandingMetadata, Number);
  Invoke->replaceAllUsesWith(Call);
  BranchInst *Normal =
      BranchInst::Create(Invoke->getNormalDest(), Invoke->getIterator());
  Normal->setDebugLoc(Invoke->getDebugLoc());
  Invoke->eraseFromParent();

  BasicBlock *Before = Call->getParent();
  BasicBlock *At = SplitBlock(Before, Call);
  Before->getTerminator()->eraseFromParent();
  auto *Type = FunctionType::get(Type::getVoidTy(C), false);
  auto *Nothing = InlineAsm::get(Type, "", "!i", /*hasSideEffects=*/true);
  CallBrInst *Edge =
      CallBrInst::Create(Type, Nothing, At, {Land}, {}, {}, "", Before);
  Edge->setDoesNotThrow();
  Edge->setDebugLoc(Call->getDebugLoc());
}

// A landing for all invokes that give the same values to the pad's phis.
void Lowering::lowerPad(LandingPadInst *Pad) {
  BasicBlock *Block = Pad->getParent();
  SmallVector<PHINode *, 4> Phis;
  for (PHINode &Phi : Block->phis())
    Phis.push_back(&Phi);
  struct Group {
    BasicBlock *Land;
    unsigned Number;
  };
  std::map<std::vector<Value *>, Group> Groups;
  MapVector<BasicBlock *, std::vector<Value *>> Incoming;
  SmallVector<std::pair<InvokeInst *, Group>, 8> Work;
  for (BasicBlock *From : SmallVector<BasicBlock *, 8>(predecessors(Block))) {
    std::vector<Value *> Key;
    for (PHINode *Phi : Phis)
      Key.push_back(Phi->getIncomingValueForBlock(From));
    Group &G = Groups[Key];
    if (!G.Land) {
      G.Land = newLandingBlock(*Pad, G.Number);
      Incoming[G.Land] = Key;
    }
    Work.push_back({cast<InvokeInst>(From->getTerminator()), G});
  }
  for (unsigned I = 0; I < Phis.size(); I++) {
    PHINode *New = PHINode::Create(Phis[I]->getType(), Incoming.size(), "",
                                   Phis[I]->getIterator());
    New->setDebugLoc(Phis[I]->getDebugLoc());
    for (auto &[Land, Values] : Incoming)
      New->addIncoming(Values[I], Land);
    New->takeName(Phis[I]);
    Phis[I]->replaceAllUsesWith(New);
    Phis[I]->eraseFromParent();
    // A phi may come in over an edge of its own, or over that of another.
    for (auto &[Land, Values] : Incoming)
      std::replace(Values.begin(), Values.end(), (Value *)Phis[I],
                   (Value *)New);
  }
  replacePad(Pad);
  for (auto &[Invoke, G] : Work)
    lowerInvoke(Invoke, G.Land, G.Number);
}

// What was thrown, and the number of the clause that takes it.
void Lowering::replacePad(LandingPadInst *Pad) {
  IRBuilder<> B(Pad);
  Value *Jump = B.CreateThreadLocalAddress(jumpVariable(S));
  Value *Object =
      B.CreateLoad(B.getPtrTy(), B.CreatePtrAdd(Jump, B.getInt64(16)), true);
  Value *Selector =
      B.CreateLoad(B.getInt32Ty(), B.CreatePtrAdd(Jump, B.getInt64(24)), true);
  for (User *U : make_early_inc_range(Pad->users())) {
    auto *Extract = dyn_cast<ExtractValueInst>(U);
    if (Extract && Extract->getNumIndices() == 1) {
      Extract->replaceAllUsesWith(Extract->getIndices()[0] ? Selector : Object);
      Extract->eraseFromParent();
    }
  }
  if (!Pad->use_empty()) {
    Value *Whole = PoisonValue::get(Pad->getType());
    Whole = B.CreateInsertValue(Whole, Object, 0);
    Pad->replaceAllUsesWith(B.CreateInsertValue(Whole, Selector, 1));
  }
  Pad->eraseFromParent();
}

void Lowering::lowerResume(ResumeInst *Resume) {
  IRBuilder<> B(Resume);
  Value *Thrown = Resume->getValue();
  Value *Object = FindInsertedValue(Thrown, {0});
  if (!Object)
    Object = B.CreateExtractValue(Thrown, 0);
  FunctionCallee Callee =
      S.M.getOrInsertFunction("_Unwind_Resume", B.getVoidTy(), B.getPtrTy());
  B.CreateCall(Callee, {Object});
  B.CreateUnreachable();
  Resume->eraseFromParent();
  RecursivelyDeleteTriviallyDeadInstructions(Thrown);
}

void Lowering::collect() {
  SmallVector<InvokeInst *, 8> Calls;
  for (Instruction &I : instructions(F))
    if (auto *Invoke = dyn_cast<InvokeInst>(&I))
      if (Invoke->doesNotThrow())
        Calls.push_back(Invoke);
  for (InvokeInst *Invoke : Calls)
    changeToCall(Invoke);
  EliminateUnreachableBlocks(F);
  for (Instruction &I : instructions(F))
    if (isa<LandingPadInst>(I))
      Pads.push_back(&I);
    else if (isa<ResumeInst>(I))
      Resumes.push_back(&I);
    else if (auto *II = dyn_cast<IntrinsicInst>(&I);
             II && II->getIntrinsicID() == Intrinsic::eh_typeid_for)
      TypeIds.push_back(II);
}

void Lowering::run() {
  collect();
  for (Instruction *Pad : Pads)
    lowerPad(cast<LandingPadInst>(Pad));
  for (Instruction *Resume : Resumes)
    lowerResume(cast<ResumeInst>(Resume));
  for (Instruction *I : TypeIds) {
    int64_t Selector = selectorOf(cast<Constant>(I->getOperand(0)));
    I->replaceAllUsesWith(ConstantInt::get(I->getType(), Selector));
    I->eraseFromParent();
  }
}

void lowerExceptions(State &S, Function &F) {
  if (F.hasPersonalityFn())
    Lowering(S, F).run();
}

void straightenLandings(Function &F) {
  bool Changed = false;
  for (BasicBlock &Block : F) {
    auto *Edge = dyn_cast<CallBrInst>(Block.getTerminator());
    BasicBlock *To = Edge ? Edge->getIndirectDest(0) : nullptr;
    while (To && isa<BranchInst>(To->front()) && To->getSingleSuccessor())
      To = To->getSingleSuccessor();
    if (Edge && To != Edge->getIndirectDest(0)) {
      Edge->setIndirectDest(0, To);
      Changed = true;
    }
  }
  if (Changed)
    EliminateUnreachableBlocks(F);
}

void saveForLandings(State &S, Function &F) {
  // Nobody comes to a landing's call from before it.
  S.Report.SavedForLandings +=
      saveAcross(F, isLandCall, "land.saved", SaveAt::Definition);
}

void noteLandingSite(State &S, const CallBase &Call, uint32_t Id) {
  if (hasLanding(Call))
    S.Landings[numberOf(Call, LandingMetadata)].Calls.push_back(Id);
  if (isLandCall(Call)) {
    Landing &L = S.Landings[numberOf(Call, LandMetadata)];
    if (L.Site != 0)
      S.error(Call, "compiler bug: a landing was duplicated");
    L.Site = Id;
  }
}

} // namespace popcorn
