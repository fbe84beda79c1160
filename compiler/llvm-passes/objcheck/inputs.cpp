//===- inputs.cpp - the inputs of a link that compiles --------------------===//
//
// Objects and archives are bitcode or machine code of this version. ld.lld, which
// merges the bitcode, is to see the machine code as objects of the front end's
// ISA. Of input number N (from 0), if there is machine code in it, it gets
//
//   DIR/merge/N      in its place: an object, an archive of all its members, or
//                    (of -r's objects) a linker script that names several
//   DIR/merge/options  -u NAME for what only other ISAs' code needs
//
// and popcorn-align, which links the machine code, gets the input itself, or
//
//   DIR/code/N       if there is bitcode in it too: an archive of the others
//
//===----------------------------------------------------------------------===//
#include "compiler/llvm-passes/neutral/Neutral.h"
#include "objcheck.h"

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <deque>
#include <set>

using namespace llvm;

namespace popcorn {

namespace {
class Inputs {
public:
  explicit Inputs(StringRef Directory) : Directory(Directory) {}

  void check(StringRef Path, unsigned Number);
  void writeOptions();

private:
  void checkObject(StringRef Path, const MemoryBuffer &File);
  void checkArchive(StringRef Path, MemoryBufferRef File);
  void checkMember(const std::string &Name, MemoryBufferRef Member);
  void writeArchives();
  void write(ArrayRef<NewArchiveMember> Members, const Twine &Folder,
             SymtabWritingMode Index);
  std::string place(const Twine &Folder, const Twine &Name);
  void note(const MachineCode &Code) {
    Undefined.insert(Code.UndefinedElsewhere.begin(),
                     Code.UndefinedElsewhere.end());
  }

  StringRef Directory;
  std::set<std::string> Undefined;
  // Of the input that is looked at.
  unsigned Number = 0;
  bool HasBitcode = false;
  std::vector<NewArchiveMember> Merged, Code;
  std::deque<std::string> Names; // of members
};
} // namespace

static void checkBitcode(const std::string &Name, MemoryBufferRef Buffer) {
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
}

std::string Inputs::place(const Twine &Folder, const Twine &Name) {
  SmallString<256> Path(Directory);
  sys::path::append(Path, Folder);
  if (std::error_code EC = sys::fs::create_directories(Path))
    report(Path + ": cannot be made: " + EC.message());
  sys::path::append(Path, Name);
  return Path.str().str();
}

void Inputs::checkObject(StringRef Path, const MemoryBuffer &File) {
  MachineCode Object;
  if (!readMachineCode(Path.str(), File.getBuffer(), Object))
    return;
  note(Object);
  if (Directory.empty())
    return;
  if (Object.Parts.size() == 1) {
    writeFile(place("merge", Twine(Number)), Object.Parts[0]);
    return;
  }
  std::string Script;
  for (unsigned I = 0; I < Object.Parts.size(); ++I) {
    std::string Part = place("merge", Twine(Number) + "." + Twine(I));
    writeFile(Part, Object.Parts[I]);
    Script += "INPUT(\"" + Part + "\")\n";
  }
  writeFile(place("merge", Twine(Number)), Script);
}

void Inputs::checkMember(const std::string &Name, MemoryBufferRef Member) {
  // ar keeps members that are no objects (a README, a table of its own).
  switch (identify_magic(Member.getBuffer())) {
  case file_magic::bitcode:
    checkBitcode(Name, Member);
    HasBitcode = true;
    Merged.emplace_back(Member);
    return;
  case file_magic::elf:
  case file_magic::elf_relocatable:
  case file_magic::elf_shared_object:
  case file_magic::elf_executable:
    break;
  default:
    return;
  }
  MachineCode Object;
  if (!readMachineCode(Name, Member.getBuffer(), Object))
    return;
  if (Object.Parts.size() != 1)
    return report(Name + ": an object of -r in an archive, among objects that "
                         "were made with -flto; name it itself, or put the "
                         "objects it was made of into the archive");
  note(Object);
  Merged.emplace_back(
      MemoryBufferRef(Object.Parts[0], Member.getBufferIdentifier()));
  Code.emplace_back(Member);
}

void Inputs::write(ArrayRef<NewArchiveMember> Members, const Twine &Folder,
                   SymtabWritingMode Index) {
  std::string Path = place(Folder, Twine(Number));
  if (Error E = writeArchive(Path, Members, Index, object::Archive::K_GNU,
                             /*Deterministic=*/true, /*Thin=*/false))
    report(Path + ": cannot be written: " + toString(std::move(E)));
}

void Inputs::checkArchive(StringRef Path, MemoryBufferRef File) {
  Expected<std::unique_ptr<object::Archive>> A = object::Archive::create(File);
  if (!A)
    return report(Path + ": damaged archive: " + toString(A.takeError()));
  Error Err = Error::success();
  unsigned Before = errorCount();
  for (const object::Archive::Child &Child : (*A)->children(Err)) {
    if (errorCount() != Before)
      break; // the other members are most likely of the same kind
    Expected<StringRef> Member = Child.getName();
    Names.push_back(Member ? Member->str() : "?");
    if (!Member)
      consumeError(Member.takeError());
    std::string Full = (Path + "(" + Names.back() + ")").str();
    Expected<MemoryBufferRef> Content = Child.getMemoryBufferRef();
    if (!Content) {
      report(Full + ": cannot be read: " + toString(Content.takeError()));
      break;
    }
    checkMember(Full, MemoryBufferRef(Content->getBuffer(), Names.back()));
  }
  if (Err)
    report(Path + ": damaged archive: " + toString(std::move(Err)));
  else if (errorCount() == Before && !Code.empty() && !Directory.empty())
    writeArchives();
}

// ld.lld reads every member, popcorn-align the index.
void Inputs::writeArchives() {
  write(Merged, "merge", SymtabWritingMode::NoSymtab);
  if (HasBitcode)
    write(Code, "code", SymtabWritingMode::NormalSymtab);
}

void Inputs::check(StringRef Path, unsigned Which) {
  std::unique_ptr<MemoryBuffer> File = readFile(Path);
  if (!File)
    return;
  Number = Which;
  HasBitcode = false;
  Merged.clear();
  Code.clear();
  Names.clear();
  switch (identify_magic(File->getBuffer())) {
  case file_magic::bitcode:
    return checkBitcode(Path.str(), File->getMemBufferRef());
  case file_magic::archive:
    return checkArchive(Path, File->getMemBufferRef());
  default:
    return checkObject(Path, *File);
  }
}

// A response file, in which a backslash takes the meaning from what follows.
void Inputs::writeOptions() {
  std::string Text;
  for (const std::string &Name : Undefined) {
    Text += "-u\n";
    for (char C : Name) {
      Text += '\\';
      Text += C;
    }
    Text += '\n';
  }
  if (!Text.empty())
    writeFile(place("merge", "options"), Text);
}

void checkInputs(ArrayRef<StringRef> Files, StringRef Directory) {
  Inputs All(Directory);
  for (unsigned I = 0; I < Files.size(); ++I)
    All.check(Files[I], I);
  if (!Directory.empty())
    All.writeOptions();
}

} // namespace popcorn
