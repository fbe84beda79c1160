// Frame maps, seen from the IR: each call that may migrate becomes a
// statepoint that lists every live SSA value and redefines it.
//
// A value travels as one or more i64 pieces (the form a frame map and a
// portable thread state have); after the call it is put together from what
// the statepoint gives back. Nothing but constants can then be live across a
// call site in machine code, and those the code generator makes anew.
// Pieces are `ptr addrspace(1)` because statepoints take nothing else.
#include "internal.h"
#include "liveness.h"
#include "pass_limit.h"
#include "value_slots.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Statepoint.h"

using namespace llvm;

namespace popcorn {

namespace {
struct CallSite {
  CallInst *Call;
  SmallVector<Value *, 16> Live;
  Value *Token = nullptr;
};

// Values to and from i64 pieces.
struct Pieces {
  const DataLayout &DL;
  IRBuilder<> &B;

  Value *toPiece(Value *Bits) {
    Value *Wide = B.CreateZExt(Bits, B.getInt64Ty());
    return B.CreateIntToPtr(Wide, B.getPtrTy(1));
  }
  void split(Value *V, SmallVectorImpl<Value *> &Out);
  Value *join(Type *T, ArrayRef<Value *> In);
  IntegerType *bits(Type *T) {
    return B.getIntNTy(DL.getTypeSizeInBits(T).getFixedValue());
  }
  // T as a vector of i64, if it is a vector of that size.
  Type *asWords(Type *T) {
    uint64_t Bits = DL.getTypeSizeInBits(T).getFixedValue();
    if (!T->isVectorTy() || Bits % 64 != 0 || Bits == 64)
      return nullptr;
    return FixedVectorType::get(B.getInt64Ty(), Bits / 64);
  }
};
} // namespace

void Pieces::split(Value *V, SmallVectorImpl<Value *> &Out) {
  Type *T = V->getType();
  if (T->isPtrOrPtrVectorTy()) {
    V = B.CreatePtrToInt(V, DL.getIntPtrType(T));
    T = V->getType();
  }
  if (Type *Words = asWords(T)) {
    Value *Vector = B.CreateBitCast(V, Words);
    uint64_t Count = cast<FixedVectorType>(Words)->getNumElements();
    for (uint64_t I = 0; I < Count; I++)
      Out.push_back(toPiece(B.CreateExtractElement(Vector, I)));
    return;
  }
  IntegerType *Bits = bits(T);
  Value *Whole = B.CreateBitCast(V, Bits);
  if (Bits->getBitWidth() <= 64) {
    Out.push_back(toPiece(Whole));
    return;
  }
  unsigned Count = divideCeil(Bits->getBitWidth(), 64);
  Whole = B.CreateZExt(Whole, B.getIntNTy(Count * 64));
  for (unsigned I = 0; I < Count; I++) {
    Value *Shifted = B.CreateLShr(Whole, I * 64);
    Out.push_back(toPiece(B.CreateTrunc(Shifted, B.getInt64Ty())));
  }
}

Value *Pieces::join(Type *T, ArrayRef<Value *> In) {
  SmallVector<Value *, 4> Words;
  for (Value *Piece : In)
    Words.push_back(B.CreatePtrToInt(Piece, B.getInt64Ty()));
  Type *Raw = T->isPtrOrPtrVectorTy() ? DL.getIntPtrType(T) : T;
  Value *V;
  if (Type *Vector = asWords(Raw)) {
    V = PoisonValue::get(Vector);
    for (unsigned I = 0; I < Words.size(); I++)
      V = B.CreateInsertElement(V, Words[I], I);
  } else if (Words.size() == 1) {
    V = B.CreateTrunc(Words[0], bits(Raw));
  } else {
    Type *Whole = B.getIntNTy(Words.size() * 64);
    V = B.CreateZExt(Words[0], Whole);
    for (unsigned I = 1; I < Words.size(); I++) {
      Value *Part = B.CreateShl(B.CreateZExt(Words[I], Whole), I * 64);
      V = B.CreateOr(V, Part);
    }
    V = B.CreateTrunc(V, bits(Raw));
  }
  V = B.CreateBitCast(V, Raw);
  return T->isPtrOrPtrVectorTy() ? B.CreateIntToPtr(V, T) : V;
}

namespace {
class FrameMaps {
public:
  FrameMaps(State &S, Function &F, uint64_t &NextId)
      : S(S), F(F), DL(F.getParent()->getDataLayout()), NextId(NextId),
        Slots(F) {}
  void run();

private:
  struct LiveValue {
    Value *V;
    unsigned First, Count; // its pieces
  };
  State &S;
  Function &F;
  const DataLayout &DL;
  uint64_t &NextId;
  ValueSlots Slots;
  FrameVariables *Variables = nullptr;
  std::vector<CallSite> Sites;

  void collect();
  void demoteLive();
  void rewrite(CallSite &Site);
  CallInst *createStatepoint(CallSite &Site, ArrayRef<Value *> GcLive);
  void copyAttributes(CallInst *From, CallInst *To);
};
} // namespace

void FrameMaps::collect() {
  for (Instruction &I : instructions(F))
    if (isCallSite(S, I))
      Sites.push_back({cast<CallInst>(&I), {}, nullptr});
    else if (isRealCall(I))
      S.Report.PlainCalls++;
  if (Sites.empty())
    return;
  Liveness L(F);
  for (CallSite &Site : Sites) {
    Site.Live = L.across(*Site.Call);
    auto Bundle = Site.Call->getOperandBundle(TokenBundle);
    if (Bundle && !isa<Constant>(Bundle->Inputs[0]))
      Site.Token = Bundle->Inputs[0];
    if ((isSetjmpCall(*Site.Call) || isLandCall(*Site.Call)) &&
        !Site.Live.empty())
      S.error(*Site.Call, "compiler bug: value live across setjmp or landing");
  }
}

static bool isPoll(const CallInst &Call) {
  Function *Callee = directCallee(Call);
  return Callee && Callee->getName() == PollSlowName;
}

void FrameMaps::demoteLive() {
  // Polls are cold: a small integer that crosses only polls is extended
  // there, one that crosses real calls once, where it is defined.
  SetVector<Value *> All;
  DenseSet<Value *> Hot;
  for (CallSite &Site : Sites) {
    for (Value *V : Site.Live) {
      All.insert(V);
      if (!isPoll(*Site.Call))
        Hot.insert(V);
    }
    if (Site.Token)
      All.insert(Site.Token);
  }
  for (Value *V : All) {
    Type *T = V->getType();
    bool Small = T->isIntegerTy() && T->getIntegerBitWidth() < 64;
    Slots.demote(V, Small && Hot.contains(V));
  }
}

void FrameMaps::copyAttributes(CallInst *From, CallInst *To) {
  LLVMContext &C = F.getContext();
  AttributeList Old = From->getAttributes();
  AttributeList New = To->getAttributes();
  for (unsigned I = 0; I < From->arg_size(); I++) {
    AttrBuilder Attrs(C, Old.getParamAttrs(I));
    Attrs.removeAttribute(Attribute::Returned);
    New = New.addParamAttributes(C, GCStatepointInst::CallArgsBeginPos + I,
                                 Attrs);
  }
  To->setAttributes(New);
  if (isSetjmpCall(*From))
    To->addFnAttr(Attribute::ReturnsTwice);
}

Constant *programSite(State &S, uint64_t Id) {
  Type *I64 = Type::getInt64Ty(S.M.getContext());
  Constant *Local = ConstantInt::get(I64, Id);
  if (!S.Options.Elsewhere)
    return Local;
  Type *I8 = Type::getInt8Ty(S.M.getContext());
  auto *Base = cast<GlobalVariable>(S.M.getOrInsertGlobal(SiteBaseName, I8));
  Base->setDSOLocal(true);
  return ConstantExpr::getPtrToInt(
      ConstantExpr::getGetElementPtr(I8, Base, Local), I64);
}

CallInst *FrameMaps::createStatepoint(CallSite &Site,
                                      ArrayRef<Value *> GcLive) {
  CallInst *Call = Site.Call;
  IRBuilder<> B(Call);
  Value *Callee = Call->getCalledOperand();
  uint64_t Id = NextId++;
  noteLandingSite(S, *Call, Id);
  if (StoreInst *Store = S.JumpSite.lookup(Call))
    Store->setOperand(0, programSite(S, Id));
  SmallVector<Value *, 8> Args(Call->args());
  CallInst *Statepoint =
      B.CreateGCStatepointCall(Id | (Site.Token ? TokenIdBit : 0), 0,
                               FunctionCallee(Call->getFunctionType(), Callee),
                               Args, std::nullopt, GcLive, "site");
  Statepoint->setCallingConv(Call->getCallingConv());
  Statepoint->setDebugLoc(Call->getDebugLoc());
  copyAttributes(Call, Statepoint);
  return Statepoint;
}

// The lowering of statepoints lists what is relocated, and only if that is
// used. Empty assembly uses live value 0 without an instruction.
static void keepInRecord(IRBuilder<> &B, CallInst *Statepoint) {
  Value *Kept = B.CreateGCRelocate(Statepoint, 0, 0, B.getPtrTy(1));
  FunctionType *Type = FunctionType::get(B.getVoidTy(), {B.getPtrTy(1)}, false);
  B.CreateCall(InlineAsm::get(Type, "", "r", true), {Kept});
}

void FrameMaps::rewrite(CallSite &Site) {
  CallInst *Call = Site.Call;
  IRBuilder<> B(Call);
  Pieces P{DL, B};
  SmallVector<Value *, 16> GcLive;
  SmallVector<LiveValue, 16> Live;
  if (Site.Token) {
    // First, and given back only if it is live as well.
    P.split(Slots.read(Site.Token, Call), GcLive);
    if (is_contained(Site.Live, Site.Token))
      Live.push_back({Site.Token, 0, 1});
  }
  for (Value *V : Site.Live) {
    if (V != Site.Token) {
      unsigned First = GcLive.size();
      P.split(Slots.read(V, Call), GcLive);
      Live.push_back({V, First, unsigned(GcLive.size()) - First});
    }
  }
  CallInst *Statepoint = createStatepoint(Site, GcLive);
  if (Site.Token && !is_contained(Site.Live, Site.Token))
    keepInRecord(B, Statepoint);
  for (const LiveValue &L : Live) {
    SmallVector<Value *, 4> Back;
    for (unsigned I = L.First; I < L.First + L.Count; I++)
      Back.push_back(B.CreateGCRelocate(Statepoint, I, I, B.getPtrTy(1)));
    Value *Now = P.join(Slots.type(L.V), Back);
    Slots.write(L.V, Now, Call);
    if (Variables)
      Variables->describe(L.V, Now, Call);
  }
  if (!Call->getType()->isVoidTy()) {
    Instruction *Result = B.CreateGCResult(Statepoint, Call->getType());
    Result->takeName(Call);
    Call->replaceAllUsesWith(Result);
  }
  Call->eraseFromParent();
  S.Report.Statepoints++;
  S.Report.LiveValues += GcLive.size();
}

// A phi that is undefined on one edge would, in machine code, be a register
// or slot that nobody writes there: it seems to carry whatever it held before,
// across call sites that do not list it. Zero is as good as undefined.
static void defineAllEdges(Function &F) {
  for (BasicBlock &Block : F) {
    for (PHINode &Phi : Block.phis()) {
      for (Use &U : Phi.incoming_values())
        if (isa<UndefValue>(U))
          U.set(Constant::getNullValue(Phi.getType()));
    }
  }
}

void FrameMaps::run() {
  auto Found = S.Variables.find(&F);
  if (Found != S.Variables.end()) {
    Variables = &Found->second;
    Variables->describeAtStart();
  }
  collect();
  if (Sites.empty() || S.Failed)
    return;
  F.setGC("statepoint-example");
  demoteLive();
  for (CallSite &Site : Sites)
    rewrite(Site);
  Slots.promote();
  if (Variables)
    Variables->describePhis(F);
  defineAllEdges(F);
}

void insertStatepoints(State &S) {
  uint64_t NextId = 1;
  for (Function &F : S.M) {
    if (!F.isDeclaration() && (S.NeedsFrameMaps.contains(&F) ||
                               passLimit().allows("frame maps", F.getName()))) {
      FrameMaps(S, F, NextId).run();
    }
  }
  if (NextId > UINT32_MAX)
    S.error("more than 2^32 call sites");
}

} // namespace popcorn
