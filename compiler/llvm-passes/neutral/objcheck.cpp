//===- objcheck.cpp - popcorn-objcheck: checks objects for the driver -----===//
//
//   popcorn-objcheck [--native-dir DIR] FILE...
//     Every FILE, object or archive, is neutral bitcode of this ABI version.
//     The ELF objects that -popcorn-native put into some are written to
//     DIR/<isa>/<number>.o.
//   popcorn-objcheck [--native ARCHIVE]... [--runtime ARCHIVE]...
//                    --merged FILE
//     After the merge: nothing is undefined that no archive defines, and no
//     call disagrees with its callee about being variadic.
//   popcorn-objcheck --wrap OUT ISA=FILE...
//     Makes the neutral object that carries one ELF object for each ISA.
//
// Errors name the file, what is wrong and the way out; exit status 1.  A wrapped
// ELF object is a private constant named NativePrefix + ISA; its module defines
// nothing else, so it vanishes from a merge.
//
//===----------------------------------------------------------------------===//
#include "Neutral.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {
constexpr StringLiteral NativePrefix = "__popcorn_native.";

unsigned ErrorCount;

void report(const Twine &Message) {
  errs() << "popcorn-clang: error: " << Message << "\n";
  ++ErrorCount;
}

std::unique_ptr<MemoryBuffer> readFile(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (Buffer)
    return std::move(*Buffer);
  report(Path + ": cannot be read: " + Buffer.getError().message());
  return nullptr;
}

bool writeFile(StringRef Path, function_ref<void(raw_ostream &)> Write) {
  std::error_code EC;
  raw_fd_ostream OS(Path, EC);
  if (!EC) {
    Write(OS);
    OS.close();
    EC = OS.error();
    OS.clear_error();
  }
  if (EC)
    report(Path + ": cannot be written: " + EC.message());
  return !EC;
}

//===- Inputs -------------------------------------------------------------===//

class InputChecker {
public:
  explicit InputChecker(StringRef NativeDir) : NativeDir(NativeDir) {}

  void checkFile(StringRef Path) {
    if (auto Buffer = readFile(Path))
      check(Path.str(), Buffer->getMemBufferRef(), /*InArchive=*/false);
  }

private:
  void check(const std::string &Name, MemoryBufferRef Buffer, bool InArchive);
  void checkArchive(const std::string &Name, MemoryBufferRef Buffer);
  void checkBitcode(const std::string &Name, MemoryBufferRef Buffer);
  void extractNative(const std::string &Name, Module &M);

  StringRef NativeDir;
  unsigned NumExtracted = 0;
};
} // namespace

// What popcorn-clang -c makes without -flto (linker/object/multi_object.h, whose
// <elf.h> has macros for names of LLVM).
static bool isMultiIsaObject(MemoryBufferRef Buffer) {
  auto Object = object::ObjectFile::createELFObjectFile(Buffer);
  if (!Object) {
    consumeError(Object.takeError());
    return false;
  }
  return any_of((*Object)->sections(), [](const object::SectionRef &S) {
    Expected<StringRef> Name = S.getName();
    if (Name)
      return *Name == ".popcorn.module";
    consumeError(Name.takeError());
    return false;
  });
}

void InputChecker::check(const std::string &Name, MemoryBufferRef Buffer,
                         bool InArchive) {
  switch (identify_magic(Buffer.getBuffer())) {
  case file_magic::bitcode:
    return checkBitcode(Name, Buffer);
  case file_magic::archive:
    if (!InArchive)
      return checkArchive(Name, Buffer);
    break;
  case file_magic::elf:
  case file_magic::elf_relocatable:
    if (isMultiIsaObject(Buffer))
      return report(Name +
                    ": compiled without -flto, but others of the program "
                    "with it; compile all of them in the same way");
    return report(Name +
                  ": a native object (ELF), made by another compiler; "
                  "compile its source with popcorn-clang, or with "
                  "popcorn-clang -popcorn-native if it has to be native");
  case file_magic::elf_shared_object:
    return report(Name + ": a shared object; programs are linked statically: "
                         "build the library as an archive with "
                         "CC=popcorn-clang AR=popcorn-ar");
  case file_magic::elf_executable:
    return report(Name + ": a program, which cannot be linked into another");
  default:
    break;
  }
  // ar keeps members that are no objects (a README, a table of its own).
  if (!InArchive)
    report(Name + ": not a neutral object, an archive or a C source (known by "
                  "its .c or -x c)");
}

void InputChecker::checkArchive(const std::string &Name,
                                MemoryBufferRef Buffer) {
  Expected<std::unique_ptr<object::Archive>> A =
      object::Archive::create(Buffer);
  if (!A)
    return report(Name + ": damaged archive: " + toString(A.takeError()));
  Error Err = Error::success();
  unsigned Before = ErrorCount;
  for (const object::Archive::Child &Child : (*A)->children(Err)) {
    if (ErrorCount != Before)
      break; // the other members are most likely of the same kind
    Expected<StringRef> Member = Child.getName();
    Expected<MemoryBufferRef> Content = Child.getMemoryBufferRef();
    std::string Full =
        Name + "(" + (Member ? Member->str() : std::string("?")) + ")";
    if (!Member)
      consumeError(Member.takeError());
    if (!Content) {
      report(Full + ": cannot be read: " + toString(Content.takeError()));
      break;
    }
    check(Full, *Content, /*InArchive=*/true);
  }
  if (Err)
    report(Name + ": damaged archive: " + toString(std::move(Err)));
}

void InputChecker::checkBitcode(const std::string &Name,
                                MemoryBufferRef Buffer) {
  LLVMContext C;
  Expected<std::unique_ptr<Module>> M = getLazyBitcodeModule(Buffer, C);
  if (!M)
    return report(Name + ": damaged object: " + toString(M.takeError()));
  if (Error E = (*M)->materializeMetadata())
    return report(Name + ": damaged object: " + toString(std::move(E)));
  auto *Abi = mdconst::dyn_extract_or_null<ConstantInt>(
      (*M)->getModuleFlag(popcorn::AbiFlag));
  if (!Abi)
    return report(Name + ": LLVM bitcode that popcorn-clang did not make; "
                         "compile its source with popcorn-clang");
  if (Abi->getZExtValue() != POPCORN_ABI_VERSION)
    return report(Name + ": made by another version of Popcorn (ABI " +
                  Twine(Abi->getZExtValue()) + ", this is " +
                  Twine(POPCORN_ABI_VERSION) + "); compile its source again");
  extractNative(Name, **M);
}

void InputChecker::extractNative(const std::string &Name, Module &M) {
  bool Found = false;
  for (GlobalVariable &G : M.globals()) {
    StringRef Isa = G.getName();
    if (!Isa.consume_front(NativePrefix))
      continue;
    auto *Data = dyn_cast_or_null<ConstantDataSequential>(
        G.hasInitializer() ? G.getInitializer() : nullptr);
    if (!Data || NativeDir.empty())
      return report(Name +
                    ": damaged -popcorn-native object; compile it again");
    SmallString<256> Path(NativeDir);
    sys::path::append(Path, Isa);
    if (std::error_code EC = sys::fs::create_directories(Path))
      return report(Path + ": cannot be made: " + EC.message());
    sys::path::append(Path, Twine(NumExtracted) + ".o");
    writeFile(Path, [&](raw_ostream &OS) { OS << Data->getRawDataValues(); });
    Found = true;
  }
  NumExtracted += Found;
}

//===- Wrapping -----------------------------------------------------------===//

static void wrap(StringRef Output, ArrayRef<StringRef> Parts) {
  LLVMContext C;
  Module M(sys::path::filename(Output), C);
  M.setTargetTriple(Triple::normalize(POPCORN_NEUTRAL_TRIPLE));
  // The front end's: ld.lld compares it with that of the other modules.
  M.setDataLayout("e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32");
  M.addModuleFlag(Module::Error, popcorn::AbiFlag, POPCORN_ABI_VERSION);
  for (StringRef Part : Parts) {
    auto [Isa, Path] = Part.split('=');
    std::unique_ptr<MemoryBuffer> Buffer = readFile(Path);
    if (!Buffer)
      return;
    Constant *Data =
        ConstantDataArray::getString(C, Buffer->getBuffer(), false);
    new GlobalVariable(M, Data->getType(), true, GlobalValue::PrivateLinkage,
                       Data, Twine(NativePrefix) + Isa);
  }
  writeFile(Output, [&](raw_ostream &OS) { WriteBitcodeToFile(M, OS); });
}

//===- After the merge ----------------------------------------------------===//

namespace {
struct NativeSymbols {
  StringSet<> Defined, Undefined;

  bool addArchive(StringRef Path);
  void addObject(StringRef Path, MemoryBufferRef Buffer);

private:
  std::vector<std::unique_ptr<MemoryBuffer>> Buffers;
};
} // namespace

void NativeSymbols::addObject(StringRef Path, MemoryBufferRef Buffer) {
  auto Object = object::ObjectFile::createELFObjectFile(Buffer);
  if (!Object)
    return report(Path + ": damaged object: " + toString(Object.takeError()));
  for (const object::SymbolRef &S : (*Object)->symbols()) {
    Expected<uint32_t> Flags = S.getFlags();
    Expected<StringRef> Name = S.getName();
    if (!Flags || !Name) {
      consumeError(Flags.takeError());
      consumeError(Name.takeError());
      continue;
    }
    if (*Flags & object::SymbolRef::SF_Undefined)
      Undefined.insert(*Name);
    else if (*Flags & object::SymbolRef::SF_Global)
      Defined.insert(*Name);
  }
}

bool NativeSymbols::addArchive(StringRef Path) {
  Buffers.push_back(readFile(Path));
  if (!Buffers.back())
    return false;
  auto A = object::Archive::create(Buffers.back()->getMemBufferRef());
  if (!A) {
    report(Path + ": damaged archive: " + toString(A.takeError()));
    return false;
  }
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
  return true;
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

static void checkUndefined(const Module &M, const NativeSymbols &Known) {
  for (const GlobalValue &G : M.global_values()) {
    StringRef Name = G.getName();
    auto *F = dyn_cast<Function>(&G);
    if (!G.isDeclaration() || G.hasExternalWeakLinkage() || G.use_empty() ||
        (F && F->isIntrinsic()) || isLinkerDefined(Name) ||
        Known.Defined.contains(Name))
      continue;
    std::string User = findUser(G);
    report("undefined symbol '" + Name + "'" +
           (User.empty() ? "" : ", used by " + User) +
           "; link the object or library (-l) that defines it");
  }
}

static void checkVariadic(const Module &M, const NativeSymbols &User) {
  for (const Function &F : M) {
    bool Variadic = F.hasFnAttribute(popcorn::VariadicAttr);
    StringRef Name = F.getName();
    if (Variadic && !F.use_empty() && F.isDeclaration() &&
        User.Defined.contains(Name))
      report("'" + Name +
             "' is native code with variadic arguments, whose "
             "place differs between ISAs; give it a fixed prototype");
    if (Variadic && User.Undefined.contains(Name))
      report("native code calls the variadic function '" + Name +
             "', whose arguments are passed in another way in neutral code; "
             "call a function with a fixed prototype");
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

static void checkMerged(StringRef Path, const NativeSymbols &Runtime,
                        const NativeSymbols &User) {
  LLVMContext C;
  std::unique_ptr<MemoryBuffer> Buffer = readFile(Path);
  if (!Buffer)
    return;
  auto M = parseBitcodeFile(Buffer->getMemBufferRef(), C);
  if (!M)
    return report(Path + ": damaged: " + toString(M.takeError()));
  NativeSymbols All;
  for (const NativeSymbols *S : {&Runtime, &User})
    for (const auto &Entry : S->Defined)
      All.Defined.insert(Entry.getKey());
  checkUndefined(**M, All);
  checkVariadic(**M, User);
}

//===- Command line -------------------------------------------------------===//

int main(int argc, char **argv) {
  ArrayRef<const char *> Args(argv + 1, argv + argc);
  StringRef NativeDir, Merged;
  NativeSymbols Runtime, User;
  SmallVector<StringRef> Files;
  bool Wrap = false;
  while (!Args.empty()) {
    StringRef Arg = Args.front();
    Args = Args.drop_front();
    bool TakesValue = Arg == "--native-dir" || Arg == "--merged" ||
                      Arg == "--native" || Arg == "--runtime";
    StringRef Value;
    if (TakesValue) {
      if (Args.empty()) {
        report(Arg + " needs a value after it");
        return 1;
      }
      Value = Args.front();
      Args = Args.drop_front();
    }
    if (Arg == "--wrap")
      Wrap = true;
    else if (Arg == "--native-dir")
      NativeDir = Value;
    else if (Arg == "--merged")
      Merged = Value;
    else if (Arg == "--native")
      User.addArchive(Value);
    else if (Arg == "--runtime")
      Runtime.addArchive(Value);
    else if (Arg.starts_with("-"))
      report(Arg + ": unknown option of popcorn-objcheck");
    else
      Files.push_back(Arg);
  }
  if (Files.empty() && Merged.empty() && !ErrorCount)
    report("popcorn-objcheck: no files given");
  if (ErrorCount)
    return 1;
  if (Wrap) {
    wrap(Files.front(), ArrayRef(Files).drop_front());
  } else {
    InputChecker Checker(NativeDir);
    for (StringRef File : Files)
      Checker.checkFile(File);
    if (!Merged.empty())
      checkMerged(Merged, Runtime, User);
  }
  return ErrorCount ? 1 : 0;
}
