// What the link has to know of one module of several: the lines of the module
// record (docs/formats.md, "Multi-ISA objects") that speak of its functions.
//
//   define NAME FLAGS   m: a call may reach a migration point; v: variadic
//   require NAME        called plainly, so its definition must not migrate
//   call NAME KIND      how a function of another module is called: v, f, 0
//   address NAME        the address of a function of another module is taken
#include "internal.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Statepoint.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

// A name without bytes that mean something in a line.
static std::string escape(StringRef Name) {
  static const char Digits[] = "0123456789ABCDEF";
  std::string Text;
  Name.consume_front("\01"); // "as it stands": no prefix of the platform's
  for (unsigned char C : Name) {
    if (C > ' ' && C != '%' && C != 0x7f) {
      Text += char(C);
    } else {
      Text += '%';
      Text += Digits[C >> 4];
      Text += Digits[C & 15];
    }
  }
  return Text;
}

static char callKind(const CallBase &Call) {
  if (Call.getAttributes().hasFnAttr(VariadicAttr))
    return 'v';
  return Call.arg_empty() ? '0' : 'f';
}

void noteCalls(State &S) {
  if (!S.Options.Elsewhere)
    return;
  raw_string_ostream OS(S.Report.Facts);
  SetVector<std::pair<StringRef, char>> Calls;
  for (Function &F : S.M) {
    for (Instruction &I : instructions(F)) {
      GlobalValue *Callee =
          isRealCall(I) ? namedCallee(cast<CallBase>(I)) : nullptr;
      if (Callee && isElsewhere(*Callee))
        Calls.insert({Callee->getName(), callKind(cast<CallBase>(I))});
    }
    if (F.isDeclaration() && !F.isIntrinsic() && addressEscapes(F))
      OS << "address " << escape(F.getName()) << "\n";
  }
  for (auto [Name, Kind] : Calls)
    OS << "call " << escape(Name) << " " << Kind << "\n";
}

static void noteDefinition(State &S, const GlobalValue &GV, raw_ostream &OS) {
  auto *F = dyn_cast_or_null<Function>(GV.getAliaseeObject());
  if (GV.isDeclaration() || GV.hasLocalLinkage() || !F || F->isDeclaration())
    return;
  std::string Flags;
  if (S.MayMigrate.contains(F))
    Flags += 'm';
  if (F->hasFnAttribute(VariadicAttr))
    Flags += 'v';
  OS << "define " << escape(GV.getName()) << " "
     << (Flags.empty() ? "-" : Flags) << "\n";
}

void noteDefinitions(State &S) {
  if (!S.Options.Elsewhere)
    return;
  raw_string_ostream OS(S.Report.Facts);
  SetVector<StringRef> Required;
  for (Function &F : S.M) {
    noteDefinition(S, F, OS);
    for (Instruction &I : instructions(F)) {
      // A program that cannot move calls what it likes.
      if (!isRealCall(I) || isa<GCStatepointInst>(I) || S.Options.Plain)
        continue;
      // Its callee may migrate, but in a function that does not.
      if (isTailCall(I) && !S.NonMigrating.contains(&F))
        continue;
      GlobalValue *Callee = namedCallee(cast<CallBase>(I));
      if (Callee && isElsewhere(*Callee))
        Required.insert(Callee->getName());
    }
  }
  for (GlobalAlias &Alias : S.M.aliases())
    noteDefinition(S, Alias, OS);
  for (StringRef Name : Required)
    OS << "require " << escape(Name) << "\n";
}

} // namespace popcorn
