//===- directives.cpp - file-scope assembly that is only directives -------===//
//
// What says something about symbols has a meaning in IR: .globl, .weak, .hidden,
// .internal, .protected change one; .set makes an alias; .symver of a default
// version (@@) too, for a static program knows no versions. What is about sections
// means nothing while nothing is put there. Everything else makes code or data of
// one ISA and is refused.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/GlobalAlias.h"

using namespace llvm;

namespace {
enum class Directive {
  Foreign, // or not understood
  Ignored,
  Global,
  Weak,
  Hidden,
  Internal,
  Protected,
  Set,
  Version,
};

struct Alias {
  StringRef Name, Value, Statement;
};

class Directives {
public:
  explicit Directives(Module &M) : M(M) {}

  /// The first statement that has no neutral form; empty if there is none.
  std::string run(StringRef Text) {
    std::string Code = popcorn::withoutBlockComments(Text);
    SmallVector<StringRef> Lines;
    StringRef(Code).split(Lines, '\n');
    for (StringRef Line : Lines)
      if (StringRef Bad = readLine(Line); !Bad.empty())
        return Bad.str();
    for (const Alias &A : Aliases)
      if (!makeAlias(A.Name, A.Value))
        return A.Statement.str();
    for (auto [Kind, Symbol] : Changes)
      change(Kind, Symbol);
    for (GlobalAlias *Made : New)
      if (Made->hasLocalLinkage() && Made->use_empty())
        Made->eraseFromParent();
    return "";
  }

private:
  static Directive kindOf(StringRef Word) {
    return StringSwitch<Directive>(Word)
        .Cases(".ident", ".file", ".type", ".size", Directive::Ignored)
        .Cases(".text", ".data", ".bss", ".section", ".previous",
               Directive::Ignored)
        .Cases(".pushsection", ".popsection", ".align", ".balign", ".p2align",
               Directive::Ignored)
        .Cases(".addrsig", ".addrsig_sym", ".cfi_sections", Directive::Ignored)
        .Cases(".globl", ".global", Directive::Global)
        .Case(".weak", Directive::Weak)
        .Case(".hidden", Directive::Hidden)
        .Case(".internal", Directive::Internal)
        .Case(".protected", Directive::Protected)
        .Cases(".set", ".equ", Directive::Set)
        .Case(".symver", Directive::Version)
        .Default(Directive::Foreign);
  }

  static bool isSymbol(StringRef Text) {
    return !Text.empty() && !isDigit(Text.front()) && all_of(Text, [](char C) {
      return isAlnum(C) || C == '_' || C == '.' || C == '$';
    });
  }

  // Returns the first statement that is not understood.
  StringRef readLine(StringRef Line) {
    while (!Line.empty()) {
      // Strings may hold what ends a statement elsewhere.
      size_t End = 0;
      for (bool Quoted = false; End < Line.size(); ++End) {
        if (Line[End] == '"' && (End == 0 || Line[End - 1] != '\\'))
          Quoted = !Quoted;
        if (!Quoted && (Line[End] == ';' || Line[End] == '#' ||
                        Line.substr(End).starts_with("//")))
          break;
      }
      StringRef Statement = Line.take_front(End).trim();
      if (!Statement.empty() && !read(Statement))
        return Statement;
      if (End == Line.size() || Line[End] != ';')
        break;
      Line = Line.drop_front(End + 1);
    }
    return "";
  }

  bool read(StringRef Statement) {
    size_t Space = Statement.find_first_of(" \t=");
    StringRef Word = Statement.substr(0, Space);
    StringRef Rest =
        Space == StringRef::npos ? "" : Statement.substr(Space).trim();
    SmallVector<StringRef, 4> Operands;
    if (Rest.starts_with("=") && isSymbol(Word)) {
      Operands = {Word, Rest.drop_front().trim()};
      return readSet(Operands, Statement);
    }
    Directive Kind = kindOf(Word);
    if (Kind == Directive::Foreign || Kind == Directive::Ignored)
      return Kind == Directive::Ignored;
    Rest.split(Operands, ',');
    for (StringRef &Operand : Operands)
      Operand = Operand.trim();
    if (Kind == Directive::Set)
      return readSet(Operands, Statement);
    if (Kind == Directive::Version)
      return readVersion(Operands, Statement);
    for (StringRef Symbol : Operands) {
      if (!isSymbol(Symbol))
        return false;
      Changes.push_back({Kind, Symbol});
    }
    return true;
  }

  bool readSet(ArrayRef<StringRef> Operands, StringRef Statement) {
    if (Operands.size() != 2 || !isSymbol(Operands[0]))
      return false;
    if (!isSymbol(Operands[1])) // a number: what only the assembler uses
      return !symbol(Operands[0]);
    Aliases.push_back({Operands[0], Operands[1], Statement});
    return true;
  }

  bool readVersion(ArrayRef<StringRef> Operands, StringRef Statement) {
    if (Operands.size() < 2 || !isSymbol(Operands[0]))
      return false;
    auto [Name, Version] = Operands[1].split('@');
    if (!isSymbol(Name) || Version.empty())
      return false;
    GlobalValue *Real = symbol(Operands[0]);
    if (!Version.starts_with("@") || Name == Operands[0] || !Real ||
        Real->isDeclaration())
      return true; // an old version, or a use of one
    Aliases.push_back({Name, Operands[0], Statement});
    Changes.push_back({Directive::Global, Name});
    return true;
  }

  GlobalValue *symbol(StringRef Name) const {
    if (GlobalValue *V = M.getNamedValue(Name))
      return V;
    return M.getNamedValue(("\01" + Name).str());
  }

  bool makeAlias(StringRef Name, StringRef Target) {
    GlobalValue *Value = symbol(Target), *Old = symbol(Name);
    if (Value == nullptr && Old == nullptr)
      return true;
    if (Value == nullptr || Value == Old || (Old && !Old->isDeclaration()))
      return false;
    if (Value->isDeclaration()) { // it can be called so here, but not defined
      if (!Old || any_of(Changes, [&](auto C) { return C.second == Name; }))
        return false;
      Old->replaceAllUsesWith(Value);
      Old->eraseFromParent();
      return true;
    }
    auto *Made =
        GlobalAlias::create(Value->getValueType(), Value->getAddressSpace(),
                            GlobalValue::InternalLinkage, "", Value, &M);
    if (Old) {
      Made->takeName(Old);
      Old->replaceAllUsesWith(Made);
      Old->eraseFromParent();
    } else {
      Made->setName(Name);
    }
    New.push_back(Made);
    return true;
  }

  void change(Directive Kind, StringRef Name) {
    GlobalValue *V = symbol(Name);
    if (!V)
      return;
    switch (Kind) {
    case Directive::Global:
      if (V->hasLocalLinkage())
        V->setLinkage(GlobalValue::ExternalLinkage);
      break;
    case Directive::Weak:
      V->setLinkage(V->isDeclaration() ? GlobalValue::ExternalWeakLinkage
                                       : GlobalValue::WeakAnyLinkage);
      break;
    case Directive::Hidden:
    case Directive::Internal:
      if (!V->hasLocalLinkage())
        V->setVisibility(GlobalValue::HiddenVisibility);
      break;
    case Directive::Protected:
      if (!V->hasLocalLinkage())
        V->setVisibility(GlobalValue::ProtectedVisibility);
      break;
    default:
      break;
    }
  }

  Module &M;
  SmallVector<Alias> Aliases;
  SmallVector<std::pair<Directive, StringRef>> Changes;
  SmallVector<GlobalAlias *> New;
};
} // namespace

std::string popcorn::applyDirectives(Module &M) {
  return Directives(M).run(M.getModuleInlineAsm());
}
