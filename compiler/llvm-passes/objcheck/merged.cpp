//===- merged.cpp - does a merged module agree with itself? ---------------===//
//
// ld.lld does not report undefined symbols with --lto-emit-llvm, and no linker
// knows of neutral code that a call and its callee have to agree on being variadic.
//
//===----------------------------------------------------------------------===//
#include "compiler/llvm-passes/neutral/Neutral.h"
#include "objcheck.h"

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

namespace {
// What is defined in machine code: multi-ISA objects show one ISA's symbols, and
// all ISAs have the same but in native code.
class Definitions {
public:
  void addFile(StringRef Path);
  bool contain(StringRef Name) const { return Names.contains(Name); }

private:
  void addObject(StringRef Path, MemoryBufferRef Object);
  void addArchive(StringRef Path, MemoryBufferRef File);

  StringSet<> Names;
};
} // namespace

void Definitions::addObject(StringRef Path, MemoryBufferRef Buffer) {
  if (identify_magic(Buffer.getBuffer()) != file_magic::elf_relocatable)
    return; // bitcode: in the merge
  auto Object = object::ObjectFile::createELFObjectFile(Buffer);
  if (!Object)
    return report(Path + ": damaged object: " + toString(Object.takeError()));
  for (const object::SymbolRef &S : (*Object)->symbols()) {
    Expected<uint32_t> Flags = S.getFlags();
    Expected<StringRef> Name = S.getName();
    if (!Flags || !Name) {
      consumeError(Flags.takeError());
      consumeError(Name.takeError());
    } else if ((*Flags & object::SymbolRef::SF_Global) &&
               !(*Flags & object::SymbolRef::SF_Undefined)) {
      Names.insert(*Name);
    }
  }
}

void Definitions::addArchive(StringRef Path, MemoryBufferRef File) {
  auto A = object::Archive::create(File);
  if (!A)
    return report(Path + ": damaged archive: " + toString(A.takeError()));
  Error Err = Error::success();
  for (const object::Archive::Child &Child : (*A)->children(Err)) {
    Expected<MemoryBufferRef> Content = Child.getMemoryBufferRef();
    if (Content)
      addObject(Path, *Content);
    else
      report(Path + ": " + toString(Content.takeError()));
  }
  if (Err)
    report(Path + ": damaged archive: " + toString(std::move(Err)));
}

void Definitions::addFile(StringRef Path) {
  std::unique_ptr<MemoryBuffer> File = readFile(Path);
  if (!File)
    return;
  if (identify_magic(File->getBuffer()) == file_magic::archive)
    addArchive(Path, *File);
  else
    addObject(Path, *File);
}

// Symbols that the final link makes.
static bool isLinkerDefined(StringRef Name) {
  static const char *const Names[] = {
      "_end",        "end",          "_etext",
      "etext",       "_edata",       "edata",
      "__bss_start", "_start",       "__dso_handle",
      "_DYNAMIC",    "__ehdr_start", "__executable_start",
      "_init",       "_fini",        "_GLOBAL_OFFSET_TABLE_"};
  return is_contained(Names, Name) || Name.starts_with("__popcorn_") ||
         Name.starts_with("__start_") || Name.starts_with("__stop_") ||
         Name.starts_with("__init_array_") ||
         Name.starts_with("__fini_array_") ||
         Name.starts_with("__preinit_array_") ||
         Name.starts_with("__rela_iplt_");
}

// Where a symbol is used, for a message: "function 'f'", "variable 'v'".
static std::string findUser(const Value &V, unsigned Depth = 0) {
  for (const User *U : V.users()) {
    if (auto *I = dyn_cast<Instruction>(U)) {
      std::string Text = "function '" + I->getFunction()->getName().str() + "'";
      if (const DILocation *Loc = I->getDebugLoc())
        Text = Loc->getFilename().str() + ":" + std::to_string(Loc->getLine()) +
               ", " + Text;
      return Text;
    }
    if (auto *G = dyn_cast<GlobalValue>(U))
      return "variable '" + G->getName().str() + "'";
    if (isa<Constant>(U) && Depth < 8) {
      std::string Text = findUser(*U, Depth + 1);
      if (!Text.empty())
        return Text;
    }
  }
  return "";
}

static void checkUndefined(const Module &M, const Definitions &Known) {
  for (const GlobalValue &G : M.global_values()) {
    StringRef Name = G.getName();
    auto *F = dyn_cast<Function>(&G);
    if (!G.isDeclaration() || G.hasExternalWeakLinkage() || G.use_empty() ||
        (F && F->isIntrinsic()) || isLinkerDefined(Name) || Known.contain(Name))
      continue;
    std::string User = findUser(G);
    report("undefined symbol '" + Name + "'" +
           (User.empty() ? "" : ", used by " + User) +
           "; link the object or library (-l) that defines it");
  }
}

static void checkVariadic(const Module &M) {
  for (const Function &F : M) {
    StringRef Name = F.getName();
    for (const Instruction &I : instructions(F)) {
      auto *CB = dyn_cast<CallBase>(&I);
      auto *Callee =
          CB ? dyn_cast<Function>(CB->getCalledOperand()->stripPointerCasts())
             : nullptr;
      if (!Callee || Callee->isIntrinsic() || Callee->isDeclaration())
        continue;
      bool Agrees = Callee->hasFnAttribute(popcorn::VariadicAttr) ==
                    CB->getAttributes().hasFnAttr(popcorn::VariadicAttr);
      // A configure script asks for a function with `char f(); f();` and does
      // not run the program.
      if (!Agrees && CB->arg_empty())
        errs() << "popcorn-clang: warning: function '" << Name << "' calls '"
               << Callee->getName()
               << "' without arguments and without its prototype\n";
      else if (!Agrees)
        report("function '" + Name + "' calls '" + Callee->getName() +
               "' through a declaration that disagrees with its definition "
               "about '...'; include the header that declares it");
    }
  }
}

void checkMerged(StringRef Path, ArrayRef<StringRef> With) {
  LLVMContext C;
  std::unique_ptr<MemoryBuffer> Buffer = readFile(Path);
  if (!Buffer)
    return;
  auto M = parseBitcodeFile(Buffer->getMemBufferRef(), C);
  if (!M)
    return report(Path + ": damaged: " + toString(M.takeError()));
  Definitions Known;
  for (StringRef File : With)
    Known.addFile(File);
  checkUndefined(**M, Known);
  checkVariadic(**M);
}

} // namespace popcorn
