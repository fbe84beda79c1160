// From                        to
//
//   preheader                   preheader
//      |                           |
//      v                           v
//   header  <-.                 strip head <-----------.   limit := the nearer
//     ...     |                    v                   |   of bound and
//   latch ----'                 header  <-.            |   counter + strip
//      | at bound                 ...     |            |
//      v                        latch ----'            |
//    exit                          | at limit          |
//                                  v                   |
//                               strip end ----> poll --'
//                                  | at bound
//                                  v
//                                 exit
//
// The inner loop executes what it executed before: no more instructions, and
// still a counted loop for the back ends. It is right because
//   1. `compared continue limit` implies `compared continue bound`, so no
//      iteration is added;
//   2. strip end asks the original question again, so none is lost.
// For (1): let D = bound - compared, unsigned, in the first iteration of a
// strip, N = strip * |step|. The limit is only drawn in when D > N (and, for
// an order, when compared is before bound, so that D is the true distance).
// Then the compared values up to the limit are all short of the bound.
#include "strip_mine.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace popcorn {

// V = Base + constant bytes or units; for pointers through a constant GEP.
static bool splitConstantOffset(Value *V, Value *&Base, int64_t &Offset) {
  if (auto *Add = dyn_cast<BinaryOperator>(V)) {
    auto *C = dyn_cast<ConstantInt>(Add->getOperand(1));
    if (!C || Add->getOpcode() != Instruction::Add || C->getBitWidth() > 64)
      return false;
    Base = Add->getOperand(0);
    Offset = C->getSExtValue();
    return true;
  }
  if (auto *GEP = dyn_cast<GetElementPtrInst>(V)) {
    const DataLayout &DL = GEP->getModule()->getDataLayout();
    if (!GEP->getType()->isPointerTy())
      return false;
    APInt Bytes(DL.getIndexTypeSizeInBits(GEP->getType()), 0);
    if (!GEP->accumulateConstantOffset(DL, Bytes))
      return false;
    Base = GEP->getPointerOperand();
    Offset = Bytes.getSExtValue();
    return true;
  }
  return false;
}

// The header phi V counts with, V = trunc(phi + offset).
static PHINode *findCounter(const Loop &L, Value *V, int64_t &Offset) {
  Offset = 0;
  if (auto *Trunc = dyn_cast<TruncInst>(V))
    V = Trunc->getOperand(0);
  Value *Base = V;
  if (!isa<PHINode>(V) && !splitConstantOffset(V, Base, Offset))
    return nullptr;
  auto *Phi = dyn_cast<PHINode>(Base);
  return Phi && Phi->getParent() == L.getHeader() ? Phi : nullptr;
}

static bool canDrawIn(CmpInst::Predicate Continue, int64_t Step) {
  switch (Continue) {
  case CmpInst::ICMP_NE:
    return true;
  case CmpInst::ICMP_ULT:
  case CmpInst::ICMP_SLT:
    return Step > 0;
  case CmpInst::ICMP_UGT:
  case CmpInst::ICMP_SGT:
    return Step < 0;
  default:
    return false;
  }
}

std::optional<StripPlan> planStrip(const Loop &L, uint64_t Iterations) {
  StripPlan P;
  P.Preheader = L.getLoopPreheader();
  P.Header = L.getHeader();
  P.Latch = L.getLoopLatch();
  P.Iterations = Iterations;
  if (!P.Preheader || !P.Latch || !L.getExitingBlock()) {
    // A loop that can also end elsewhere (a search) often ends at once:
    // working out the strip then costs more than a poll an iteration.
    return std::nullopt;
  }
  auto *Branch = dyn_cast<BranchInst>(P.Latch->getTerminator());
  if (!Branch || !Branch->isConditional())
    return std::nullopt;
  unsigned Back = Branch->getSuccessor(0) == P.Header ? 0 : 1;
  P.Exit = Branch->getSuccessor(1 - Back);
  auto *Compare = dyn_cast<ICmpInst>(Branch->getCondition());
  if (!Compare || L.contains(P.Exit) || P.Exit == P.Header)
    return std::nullopt;
  P.Continue =
      Back == 0 ? Compare->getPredicate() : Compare->getInversePredicate();
  P.Compared = Compare->getOperand(0);
  P.Bound = Compare->getOperand(1);
  if (L.isLoopInvariant(P.Compared)) {
    std::swap(P.Compared, P.Bound);
    P.Continue = CmpInst::getSwappedPredicate(P.Continue);
  }
  if (!L.isLoopInvariant(P.Bound))
    return std::nullopt;
  P.Counter = findCounter(L, P.Compared, P.Offset);
  Value *Base;
  if (!P.Counter ||
      !splitConstantOffset(P.Counter->getIncomingValueForBlock(P.Latch), Base,
                           P.Step) ||
      Base != P.Counter || P.Step == 0 || !canDrawIn(P.Continue, P.Step)) {
    return std::nullopt;
  }
  // The distance of a strip must be small in the type that is compared.
  const DataLayout &DL = P.Header->getModule()->getDataLayout();
  unsigned Bits = DL.getTypeSizeInBits(P.Compared->getType());
  uint64_t Distance = P.Iterations * std::abs(P.Step);
  if (Bits > 64 || std::abs(P.Step) > (int64_t(1) << 32) ||
      Distance >= uint64_t(1) << (Bits - 2)) {
    return std::nullopt;
  }
  return P;
}

namespace {
// What strip head computes: the compared value of the first iteration and
// the limit of this strip.
struct StripHead {
  const StripPlan &P;
  IRBuilder<> B;
  PHINode *Counter; // the copy of P.Counter in strip head

  StripHead(const StripPlan &P, BasicBlock *Block, PHINode *Counter)
      : P(P), B(Block), Counter(Counter) {
    B.SetCurrentDebugLocation(P.Latch->getTerminator()->getDebugLoc());
  }
  Value *add(Value *V, int64_t Amount) {
    if (Amount == 0)
      return V;
    if (V->getType()->isPointerTy())
      return B.CreatePtrAdd(V, B.getInt64(Amount));
    return B.CreateAdd(V, ConstantInt::get(V->getType(), Amount, true));
  }
  Value *asInteger(Value *V) {
    return V->getType()->isPointerTy() ? B.CreatePtrToInt(V, B.getInt64Ty())
                                       : V;
  }
  Value *limit();
};
} // namespace

Value *StripHead::limit() {
  Value *First = add(Counter, P.Offset);
  if (First->getType() != P.Compared->getType())
    First = B.CreateTrunc(First, P.Compared->getType());
  int64_t Distance = int64_t(P.Iterations) * P.Step;
  Value *From = asInteger(First), *To = asInteger(P.Bound);
  Value *Left = P.Step > 0 ? B.CreateSub(To, From) : B.CreateSub(From, To);
  Value *Far = B.CreateICmpUGT(
      Left, ConstantInt::get(Left->getType(), std::abs(Distance)));
  if (P.Continue != CmpInst::ICMP_NE)
    Far = B.CreateAnd(Far, B.CreateICmp(P.Continue, First, P.Bound));
  return B.CreateSelect(Far, add(First, Distance), P.Bound, "strip.limit");
}

void applyStrip(State &S, const StripPlan &P) {
  LLVMContext &C = P.Header->getContext();
  Function *F = P.Header->getParent();
  auto *Head = BasicBlock::Create(C, "strip.head", F, P.Header);
  auto *End = BasicBlock::Create(C, "strip.end", F);
  auto *Poll = BasicBlock::Create(C, "strip.poll", F);

  PHINode *Counter = nullptr;
  for (PHINode &Phi : P.Header->phis()) {
    auto *Outer =
        PHINode::Create(Phi.getType(), 2, Phi.getName() + ".strip", Head);
    Outer->setDebugLoc(Phi.getDebugLoc());
    Outer->addIncoming(Phi.getIncomingValueForBlock(P.Preheader), P.Preheader);
    Outer->addIncoming(Phi.getIncomingValueForBlock(P.Latch), Poll);
    int Entry = Phi.getBasicBlockIndex(P.Preheader);
    Phi.setIncomingValue(Entry, Outer);
    Phi.setIncomingBlock(Entry, Head);
    if (&Phi == P.Counter)
      Counter = Outer;
  }
  StripHead H(P, Head, Counter);
  Value *Limit = H.limit();
  H.B.CreateBr(P.Header);
  P.Preheader->getTerminator()->replaceSuccessorWith(P.Header, Head);

  auto *Branch = cast<BranchInst>(P.Latch->getTerminator());
  IRBuilder<> B(Branch);
  auto *Old = cast<ICmpInst>(Branch->getCondition());
  Branch->setCondition(B.CreateICmp(P.Continue, P.Compared, Limit));
  if (Branch->getSuccessor(0) != P.Header)
    Branch->swapSuccessors();
  Branch->setSuccessor(1, End);
  markBounded(Branch, P.Header);
  if (Old->use_empty())
    Old->eraseFromParent();
  P.Exit->replacePhiUsesWith(P.Latch, End);

  B.SetInsertPoint(End);
  B.CreateCondBr(B.CreateICmp(P.Continue, P.Compared, P.Bound), Poll, P.Exit);
  B.SetInsertPoint(Poll);
  insertPoll(S, B.CreateBr(Head));
}

} // namespace popcorn
