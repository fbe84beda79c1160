// Every alloca moves to the data stack.
//
// Static ones share one frame at fixed offsets; the frame base is an ordinary
// SSA value, and each use of a local computes base + offset anew, so that a
// call site lists the base only. Dynamic ones move the data-stack pointer.
// Invariants:
//   0. In a function of the non-migrating set locals stay where they are, unless
//      their address gets out.
//   1. __popcorn_data_stack is 16-byte aligned and below every local in use;
//      it is stored before the memory is, so a signal handler that runs on
//      this stack cannot destroy it.
//   2. At each return and tail call it is what it was at entry.
//   3. With setjmp in the function, the base is taken from
//      __popcorn_jump.token after each such call, and every other call
//      carries it in a "popcorn-token" bundle.
//   4. The same with landings, whose token is that of calls that land; the frame
//      is not empty, so that no other has this token. What the data-stack pointer
//      was at the call is in the frame, if it is not the base.
#include "internal.h"
#include "value_slots.h"

#include "llvm/Analysis/StackLifetime.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;

namespace popcorn {

static constexpr uint64_t StackAlign = 16;
// Sharing slots costs alias information: only where it pays.
static constexpr uint64_t MinBytesSaved = 256;

namespace {
struct DataStack {
  State &S;
  Function &F;
  const DataLayout &DL;
  SmallVector<AllocaInst *, 16> Static;
  SmallVector<AllocaInst *, 16> Dynamic;
  SmallVector<IntrinsicInst *, 4> SaveRestore;
  SmallVector<CallBase *, 4> Setjmps;
  SmallVector<CallBase *, 4> Lands;
  AllocaInst *Top =
      nullptr; // of Static: the pointer, with landings, if it moves
  DenseMap<AllocaInst *, uint64_t> Offset;
  uint64_t FrameBytes = 0;
  Align FrameAlign{StackAlign};
  AllocaInst *BaseSlot = nullptr; // promoted at the end
  FrameVariables Declared;
  uint64_t OldOffset = 0; // where the caller's pointer is kept
  bool KeepsOld = false;

  DataStack(State &S, Function &F)
      : S(S), F(F), DL(F.getParent()->getDataLayout()) {}
  void collect();
  bool canStay() const;
  uint64_t assign(const StackLifetime *Lifetime);
  void layOut();
  Value *pointerVariable(IRBuilder<> &B, StringRef Name);
  Value *current(IRBuilder<> &B);
  void setCurrent(IRBuilder<> &B, Value *Pointer);
  void moveCurrent(IRBuilder<> &B, Value *Pointer);
  Value *topAddress(IRBuilder<> &B);
  Value *base(IRBuilder<> &B);
  void enter(Instruction *Where);
  void leave(Instruction *Return);
  void replaceUses(Value *Local, AllocaInst *Root, uint64_t At);
  void moveDynamic(AllocaInst *Alloca);
  void moveSaveRestore(IntrinsicInst *I);
  void prepareJump(CallBase *Call);
  void recoverAt(CallBase *Land);
  void addTokens();
  void run();
};
} // namespace

static bool isStatic(const Instruction &I) {
  auto *Alloca = dyn_cast<AllocaInst>(&I);
  return Alloca && Alloca->isStaticAlloca();
}

void DataStack::collect() {
  for (Instruction &I : instructions(F)) {
    if (auto *Alloca = dyn_cast<AllocaInst>(&I)) {
      (isStatic(I) ? Static : Dynamic).push_back(Alloca);
    } else if (auto *II = dyn_cast<IntrinsicInst>(&I)) {
      if (II->getIntrinsicID() == Intrinsic::stacksave ||
          II->getIntrinsicID() == Intrinsic::stackrestore) {
        SaveRestore.push_back(II);
      }
    } else if (isSetjmpCall(I)) {
      Setjmps.push_back(cast<CallBase>(&I));
    } else if (isLandCall(I)) {
      Lands.push_back(cast<CallBase>(&I));
    }
  }
}

static uint64_t allocaBytes(const AllocaInst &A, const DataLayout &DL) {
  return A.getAllocationSize(DL)->getFixedValue();
}

// Offsets for all static allocas, largest alignment and size first. With
// Lifetime, an alloca takes the lowest place no alloca alive at the same time
// overlaps. Returns the size of the frame.
uint64_t DataStack::assign(const StackLifetime *Lifetime) {
  SmallVector<AllocaInst *, 16> Order(Static);
  stable_sort(Order, [&](AllocaInst *A, AllocaInst *B) {
    return std::pair(A->getAlign(), allocaBytes(*A, DL)) >
           std::pair(B->getAlign(), allocaBytes(*B, DL));
  });
  uint64_t Size = KeepsOld ? OldOffset + 8 : 0;
  SmallVector<AllocaInst *, 16> Placed;
  for (AllocaInst *A : Order) {
    uint64_t At = 0;
    if (!Lifetime) {
      At = alignTo(Size, A->getAlign());
    } else {
      At = alignTo(KeepsOld ? OldOffset + 8 : 0, A->getAlign());
      for (bool Moved = true; Moved;) {
        Moved = false;
        for (AllocaInst *B : Placed) {
          uint64_t BEnd = Offset[B] + allocaBytes(*B, DL);
          if (At < BEnd && Offset[B] < At + allocaBytes(*A, DL) &&
              Lifetime->getLiveRange(A).overlaps(Lifetime->getLiveRange(B))) {
            At = alignTo(BEnd, A->getAlign());
            Moved = true;
          }
        }
      }
    }
    Offset[A] = At;
    Placed.push_back(A);
    Size = std::max(Size, At + allocaBytes(*A, DL));
  }
  return alignTo(Size, FrameAlign);
}

// Two locals in one place may be accessed with different types: what the
// front end said about types and scopes no longer holds in this function.
static void dropAliasFacts(Function &F) {
  for (Instruction &I : instructions(F)) {
    I.setMetadata(LLVMContext::MD_tbaa, nullptr);
    I.setMetadata(LLVMContext::MD_tbaa_struct, nullptr);
    I.setMetadata(LLVMContext::MD_alias_scope, nullptr);
    I.setMetadata(LLVMContext::MD_noalias, nullptr);
  }
}

void DataStack::layOut() {
  for (AllocaInst *A : Static)
    FrameAlign = std::max(FrameAlign, A->getAlign());
  KeepsOld = FrameAlign.value() > StackAlign || !Setjmps.empty();
  FrameBytes = assign(nullptr);
  if (!Lands.empty())
    FrameBytes = std::max(FrameBytes, StackAlign);
  if (Static.size() < 2 || FrameBytes < MinBytesSaved || !Setjmps.empty())
    return;
  DenseMap<AllocaInst *, uint64_t> Plain = Offset;
  StackLifetime Lifetime(F, Static, StackLifetime::LivenessType::May);
  Lifetime.run();
  uint64_t Shared = assign(&Lifetime);
  if (FrameBytes - Shared < std::max(MinBytesSaved, FrameBytes / 4)) {
    Offset = Plain;
    return;
  }
  S.Report.DataStackBytesSaved += FrameBytes - Shared;
  FrameBytes = Shared;
  dropAliasFacts(F);
}

Value *DataStack::pointerVariable(IRBuilder<> &B, StringRef Name) {
  GlobalVariable *Variable = S.M.getNamedGlobal(Name);
  return B.CreateThreadLocalAddress(Variable);
}

Value *DataStack::current(IRBuilder<> &B) {
  return B.CreateLoad(B.getPtrTy(), pointerVariable(B, DataStackName));
}

void DataStack::setCurrent(IRBuilder<> &B, Value *Pointer) {
  B.CreateStore(Pointer, pointerVariable(B, DataStackName));
}

Value *DataStack::topAddress(IRBuilder<> &B) {
  return B.CreatePtrAdd(base(B), B.getInt64(Offset[Top]));
}

// Within the frame's life.
void DataStack::moveCurrent(IRBuilder<> &B, Value *Pointer) {
  setCurrent(B, Pointer);
  if (Top)
    B.CreateStore(Pointer, topAddress(B), true);
}

Value *DataStack::base(IRBuilder<> &B) {
  return B.CreateLoad(B.getPtrTy(), BaseSlot, "frame");
}

static Value *alignDown(IRBuilder<> &B, Value *Pointer, Align A) {
  Value *Mask = B.getInt64(~(A.value() - 1));
  return B.CreateIntrinsic(Intrinsic::ptrmask,
                           {Pointer->getType(), Mask->getType()},
                           {Pointer, Mask});
}

void DataStack::enter(Instruction *Where) {
  IRBuilder<> B(Where);
  Value *Old = current(B);
  Value *Base = B.CreatePtrAdd(Old, B.getInt64(-int64_t(FrameBytes)));
  if (FrameAlign.value() > StackAlign)
    Base = alignDown(B, Base, FrameAlign);
  B.CreateStore(Base, BaseSlot);
  moveCurrent(B, Base);
  if (!Declared.Variables.empty()) {
    Declared.Base = Base;
    Declared.Caller = FrameAlign.value() > StackAlign ? nullptr : Old;
    Declared.FrameBytes = FrameBytes;
    S.Variables[&F] = Declared;
  }
  if (KeepsOld)
    B.CreateStore(Old, B.CreatePtrAdd(Base, B.getInt64(OldOffset)));
}

void DataStack::leave(Instruction *Return) {
  IRBuilder<> B(Return);
  Value *Base = base(B);
  if (KeepsOld) {
    Value *At = B.CreatePtrAdd(Base, B.getInt64(OldOffset));
    setCurrent(B, B.CreateLoad(B.getPtrTy(), At));
  } else {
    setCurrent(B, B.CreatePtrAdd(Base, B.getInt64(FrameBytes)));
  }
}

// Replaces the uses of Local, which is Root + (At - offset of Root), by an
// address computed at the user: only the frame base lives long.
void DataStack::replaceUses(Value *Local, AllocaInst *Root, uint64_t At) {
  SmallVector<Use *, 16> Uses;
  for (Use &U : Local->uses())
    Uses.push_back(&U);
  for (Use *U : Uses) {
    if (U->get() != Local)
      continue; // set together with another use of its phi
    auto *User = cast<Instruction>(U->getUser());
    auto *II = dyn_cast<IntrinsicInst>(User);
    if (II && II->isLifetimeStartOrEnd()) {
      II->eraseFromParent();
      continue;
    }
    auto *GEP = dyn_cast<GetElementPtrInst>(User);
    APInt Bytes(64, 0);
    if (GEP && GEP->getType()->isPointerTy() &&
        GEP->accumulateConstantOffset(DL, Bytes)) {
      replaceUses(GEP, Root, At + Bytes.getSExtValue());
      GEP->eraseFromParent();
      continue;
    }
    auto *Phi = dyn_cast<PHINode>(User);
    BasicBlock *From = Phi ? Phi->getIncomingBlock(*U) : nullptr;
    IRBuilder<> B(Phi ? From->getTerminator() : User);
    B.SetCurrentDebugLocation(User->getDebugLoc());
    Value *Address = B.CreatePtrAdd(base(B), B.getInt64(At));
    if (!Phi) {
      U->set(Address);
      continue;
    }
    // A phi has equal values for equal blocks.
    for (unsigned I = 0; I < Phi->getNumIncomingValues(); I++)
      if (Phi->getIncomingBlock(I) == From && Phi->getIncomingValue(I) == Local)
        Phi->setIncomingValue(I, Address);
  }
}

void DataStack::moveDynamic(AllocaInst *Alloca) {
  IRBuilder<> B(Alloca);
  Value *Count = B.CreateZExtOrTrunc(Alloca->getArraySize(), B.getInt64Ty());
  uint64_t Each = DL.getTypeAllocSize(Alloca->getAllocatedType());
  Value *Bytes = B.CreateMul(Count, B.getInt64(Each));
  Value *Low = B.CreatePtrAdd(current(B), B.CreateNeg(Bytes));
  Low = alignDown(B, Low, std::max(Alloca->getAlign(), Align(StackAlign)));
  moveCurrent(B, Low);
  for (User *U : make_early_inc_range(Alloca->users())) {
    auto *II = dyn_cast<IntrinsicInst>(U);
    if (II && II->isLifetimeStartOrEnd())
      II->eraseFromParent();
  }
  Alloca->replaceAllUsesWith(Low);
  Alloca->eraseFromParent();
  S.Report.DynamicAllocas++;
}

void DataStack::moveSaveRestore(IntrinsicInst *I) {
  IRBuilder<> B(I);
  if (I->getIntrinsicID() == Intrinsic::stacksave)
    I->replaceAllUsesWith(current(B));
  else
    moveCurrent(B, I->getArgOperand(0));
  I->eraseFromParent();
}

void DataStack::prepareJump(CallBase *Call) {
  IRBuilder<> B(Call);
  Value *Jump = pointerVariable(B, JumpName);
  B.CreateStore(base(B), Jump);
  S.JumpSite[Call] =
      B.CreateStore(B.getInt64(0), B.CreatePtrAdd(Jump, B.getInt64(8)));
  // At the top, ahead of the values saved across the call.
  B.SetInsertPoint(Call->getNextNode());
  Value *Token = B.CreateLoad(B.getPtrTy(), pointerVariable(B, JumpName), true);
  B.CreateStore(Token, BaseSlot);
}

// The unwinder leaves the frame base in __popcorn_jump.token, and the data-stack
// pointer where it was at the throw.
void DataStack::recoverAt(CallBase *Land) {
  IRBuilder<> B(Land->getNextNode());
  Value *Token = B.CreateLoad(B.getPtrTy(), pointerVariable(B, JumpName), true);
  B.CreateStore(Token, BaseSlot);
  setCurrent(B, Top ? B.CreateLoad(B.getPtrTy(), topAddress(B), true) : Token);
}

void DataStack::addTokens() {
  SmallVector<CallInst *, 16> Calls;
  for (Instruction &I : instructions(F))
    if (isCallSite(S, I) && !isSetjmpCall(I) && !isLandCall(I) &&
        (!Setjmps.empty() || hasLanding(I)))
      Calls.push_back(cast<CallInst>(&I));
  for (CallInst *Call : Calls) {
    IRBuilder<> B(Call);
    SmallVector<OperandBundleDef, 1> Bundles;
    Call->getOperandBundlesAsDefs(Bundles);
    Bundles.emplace_back(TokenBundle.str(), SmallVector<Value *, 1>{base(B)});
    CallInst *New = CallInst::Create(Call, Bundles, Call->getIterator());
    New->takeName(Call);
    New->copyMetadata(*Call);
    Call->replaceAllUsesWith(New);
    Call->eraseFromParent();
  }
}

// Where the frame begins: after an entry poll, at which nothing of it is live
// yet, but before any dynamic alloca, which is below it. A function with setjmp
// needs its token from the start.
static Instruction *frameStart(Function &F, bool First) {
  BasicBlock *Block = &F.getEntryBlock();
  auto *Branch = dyn_cast<BranchInst>(Block->getTerminator());
  if (!First && Branch && Branch->isConditional()) {
    auto *Compare = dyn_cast<ICmpInst>(Branch->getCondition());
    auto *Load = Compare ? dyn_cast<LoadInst>(Compare->getOperand(0)) : nullptr;
    if (Load && Load->getPointerOperand()->getName() == PollWordName &&
        all_of(*Block, [&](Instruction &I) {
          return isStatic(I) || &I == Load || &I == Compare || &I == Branch;
        })) {
      return &*Branch->getSuccessor(1)->getFirstInsertionPt();
    }
  }
  Instruction *Where = &*Block->getFirstInsertionPt();
  while (isStatic(*Where))
    Where = Where->getNextNode();
  return Where;
}

// The address of a local is used here and given to calls, and is not put where
// another thread could find it.
static bool staysInCalls(const Value &Address,
                         SmallPtrSetImpl<const Value *> &Seen) {
  return all_of(Address.uses(), [&](const Use &U) {
    const User *I = U.getUser();
    if (isa<LoadInst>(I) || isa<ICmpInst>(I) || isa<CallBase>(I))
      return true;
    if (auto *Store = dyn_cast<StoreInst>(I))
      return Store->getValueOperand() != &Address;
    if (isa<GetElementPtrInst>(I) || isa<PHINode>(I) || isa<SelectInst>(I))
      return !Seen.insert(I).second || staysInCalls(*I, Seen);
    return false;
  });
}

// A thread is not moved while it is in a function that does not migrate: its
// locals can be where every compiler puts them, if nobody else sees them.
bool DataStack::canStay() const {
  if (!S.NonMigrating.contains(&F) || !Dynamic.empty() ||
      !SaveRestore.empty() || !Setjmps.empty() || !Lands.empty())
    return false;
  SmallPtrSet<const Value *, 16> Seen;
  return all_of(Static, [&](const AllocaInst *Alloca) {
    return staysInCalls(*Alloca, Seen);
  });
}

void DataStack::run() {
  collect();
  if (canStay())
    return;
  if (Static.empty() && Dynamic.empty() && SaveRestore.empty() &&
      Setjmps.empty() && Lands.empty()) {
    return;
  }
  if (!Lands.empty() && (!Dynamic.empty() || !SaveRestore.empty())) {
    Top = new AllocaInst(PointerType::get(F.getContext(), 0), 0, "top",
                         F.getEntryBlock().begin());
    Static.push_back(Top);
  }
  layOut();
  S.Report.DataStackFrames++;
  S.Report.DataStackBytes += FrameBytes;
  Instruction *Start = frameStart(F, !Setjmps.empty() || !Lands.empty());
  BaseSlot = new AllocaInst(PointerType::get(F.getContext(), 0), 0, "frame",
                            F.getEntryBlock().begin());
  SmallVector<Instruction *, 4> Returns;
  for (BasicBlock &Block : F) {
    Instruction *Tail = Block.getTerminatingMustTailCall();
    if (Tail || isa<ReturnInst>(Block.getTerminator()))
      Returns.push_back(Tail ? Tail : Block.getTerminator());
  }
  for (AllocaInst *A : Static)
    Declared.add(*A, Offset[A]);
  enter(Start);
  for (AllocaInst *A : Static) {
    replaceUses(A, A, Offset[A]);
    A->eraseFromParent();
  }
  for (AllocaInst *A : Dynamic)
    moveDynamic(A);
  for (IntrinsicInst *I : SaveRestore)
    moveSaveRestore(I);
  for (Instruction *Return : Returns)
    leave(Return);
  for (CallBase *Call : Setjmps)
    prepareJump(Call);
  for (CallBase *Land : Lands)
    recoverAt(Land);
  if (!Setjmps.empty() || !Lands.empty())
    addTokens();
  DominatorTree DT(F);
  PromoteMemToReg({BaseSlot}, DT);
}

// A thread-local variable of libc's, which may be in this module.
static GlobalVariable *threadVariable(State &S, StringRef Name, Type *T) {
  GlobalVariable *V = S.M.getNamedGlobal(Name);
  if (!V) {
    V = new GlobalVariable(S.M, T, false, GlobalValue::ExternalLinkage, nullptr,
                           Name);
    V->setDSOLocal(true);
  }
  V->setThreadLocalMode(GlobalValue::LocalExecTLSModel);
  return V;
}

GlobalVariable *jumpVariable(State &S) {
  LLVMContext &C = S.M.getContext();
  Type *Pointer = PointerType::get(C, 0), *Word = Type::getInt64Ty(C);
  return threadVariable(S, JumpName,
                        StructType::get(Pointer, Word, Pointer, Word));
}

void moveToDataStack(State &S, Function &F) {
  threadVariable(S, DataStackName, PointerType::get(S.M.getContext(), 0));
  jumpVariable(S);
  DataStack(S, F).run();
}

} // namespace popcorn
