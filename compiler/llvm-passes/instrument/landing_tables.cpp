// What the unwinder reads of landings: docs/exceptions.md, "Tables".
#include "internal.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/Constants.h"

#include <map>

using namespace llvm;

namespace popcorn {

static GlobalVariable *newTable(State &S, Constant *Init, const Twine &Name) {
  auto *Table = new GlobalVariable(S.M, Init->getType(), true,
                                   GlobalValue::InternalLinkage, Init, Name);
  Table->setDSOLocal(true);
  Table->setAlignment(Align(8));
  return Table;
}

// Personality, then the clauses up to one that is zero.
static Constant *newClauses(State &S, const Landing &L,
                            std::map<Constant *, Constant *> &Cleanups) {
  LLVMContext &C = S.M.getContext();
  Type *I64 = Type::getInt64Ty(C);
  bool OnlyCleanup =
      L.Clauses.size() == 1 && L.Clauses[0].first == ClauseCleanup;
  Constant *&Known = Cleanups[L.Personality];
  if (OnlyCleanup && Known)
    return Known;
  SmallVector<Constant *, 8> Words{L.Personality};
  for (auto [Selector, Type] : L.Clauses) {
    Words.push_back(ConstantInt::getSigned(I64, Selector));
    Words.push_back(Type);
  }
  Words.push_back(ConstantInt::get(I64, 0));
  GlobalVariable *Table = newTable(S, ConstantStruct::getAnon(C, Words),
                                   "popcorn.clauses." + L.F->getName());
  if (OnlyCleanup)
    Known = Table;
  else
    Table->setComdat(L.F->getComdat());
  return Table;
}

// In the order of their calls: functions are in that of their ids, and the link
// puts modules so.
static void addFunctionTable(State &S, Function &F,
                             std::map<uint32_t, Constant *> &Entries) {
  LLVMContext &C = S.M.getContext();
  SmallVector<Constant *, 16> Rows;
  for (auto &[Site, Row] : Entries)
    Rows.push_back(Row);
  Type *Row = Rows[0]->getType();
  GlobalVariable *Table =
      newTable(S, ConstantArray::get(ArrayType::get(Row, Rows.size()), Rows),
               "popcorn.landings." + F.getName());
  Table->setSection(LandingSection);
  Table->setComdat(F.getComdat());
  // It goes when the function goes.
  Table->setMetadata(LLVMContext::MD_associated,
                     MDNode::get(C, ValueAsMetadata::get(&F)));
}

void addLandingTables(State &S) {
  LLVMContext &C = S.M.getContext();
  Type *I32 = Type::getInt32Ty(C);
  std::map<Constant *, Constant *> Cleanups;
  MapVector<Function *, std::map<uint32_t, Constant *>> Rows;
  for (const Landing &L : S.Landings) {
    if (L.Calls.empty() || L.Site == 0)
      continue;
    Constant *Clauses = newClauses(S, L, Cleanups);
    for (uint32_t Call : L.Calls)
      Rows[L.F][Call] = ConstantStruct::getAnon(
          C, {ConstantExpr::getTrunc(programSite(S, Call), I32),
              ConstantExpr::getTrunc(programSite(S, L.Site), I32), Clauses});
    S.Report.Landings++;
    S.Report.LandingCalls += L.Calls.size();
  }
  for (auto &[F, Entries] : Rows)
    addFunctionTable(S, *F, Entries);
}

} // namespace popcorn
