//===- module_check.cpp - is this input one we may make code from? --------===//
//
// An object of another Popcorn version, or one that never was neutral, would
// link and then break in a migration. It is refused before anything else.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/instrument.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace popcorn {

bool refuse(const Twine &Where, const Twine &Text) {
  errs() << "popcorn-codegen: " << Where << ": " << Text << "\n";
  return false;
}

bool checkModuleFlag(const Module &M, StringRef Path) {
  auto *Flag =
      dyn_cast_or_null<ConstantAsMetadata>(M.getModuleFlag("popcorn-abi"));
  if (!Flag)
    return refuse(Path, "not a neutral Popcorn object (no popcorn-abi flag). "
                        "Compile it with popcorn-clang.");
  auto *Value = dyn_cast<ConstantInt>(Flag->getValue());
  if (!Value || !Value->equalsInt(POPCORN_ABI_VERSION))
    return refuse(Path, "made for Popcorn ABI " +
                            Twine(Value ? Value->getZExtValue() : 0) +
                            ", this is ABI " + Twine(POPCORN_ABI_VERSION) +
                            ". Compile it again with this popcorn-clang.");
  Triple Neutral(POPCORN_NEUTRAL_TRIPLE);
  if (Triple(M.getTargetTriple()).getArch() != Neutral.getArch())
    return refuse(Path, "target triple '" + M.getTargetTriple() +
                            "' is not that of neutral code (" +
                            Neutral.getArchName() +
                            "). Compile it with "
                            "popcorn-clang.");
  return true;
}

static bool checkBitcode(MemoryBufferRef Buffer, StringRef Name) {
  LLVMContext Context;
  Expected<std::unique_ptr<Module>> M =
      getLazyBitcodeModule(Buffer, Context, /*ShouldLazyLoadMetadata=*/true);
  Error Err = M ? (*M)->materializeMetadata() : M.takeError();
  if (Err)
    return refuse(Name, "damaged bitcode: " + toString(std::move(Err)));
  return checkModuleFlag(**M, Name);
}

static bool checkArchive(MemoryBufferRef Buffer, StringRef Path) {
  auto Ar = object::Archive::create(Buffer);
  if (!Ar)
    return refuse(Path, "damaged archive: " + toString(Ar.takeError()));
  bool Good = true;
  Error Err = Error::success();
  for (const object::Archive::Child &Child : (*Ar)->children(Err)) {
    Expected<MemoryBufferRef> Member = Child.getMemoryBufferRef();
    if (!Member)
      return refuse(Path, "damaged archive: " + toString(Member.takeError()));
    std::string Name = (Path + "(" + Member->getBufferIdentifier() + ")").str();
    if (!isBitcode((const unsigned char *)Member->getBufferStart(),
                   (const unsigned char *)Member->getBufferEnd()))
      Good = refuse(Name, "not neutral bitcode but another kind of object. "
                          "Compile it with popcorn-clang.");
    else
      Good &= checkBitcode(*Member, Name);
  }
  if (Err)
    return refuse(Path, "damaged archive: " + toString(std::move(Err)));
  return Good;
}

bool checkFiles(const std::vector<std::string> &Paths) {
  bool Good = true;
  for (const std::string &Path : Paths) {
    auto File = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
    if (!File) {
      Good = refuse(Path, File.getError().message());
      continue;
    }
    MemoryBufferRef Buffer = **File;
    if (Buffer.getBuffer().starts_with("!<arch>\n") ||
        Buffer.getBuffer().starts_with("!<thin>\n"))
      Good &= checkArchive(Buffer, Path);
    else if (isBitcode((const unsigned char *)Buffer.getBufferStart(),
                       (const unsigned char *)Buffer.getBufferEnd()))
      Good &= checkBitcode(Buffer, Path);
    else
      Good = refuse(Path, "not neutral bitcode but another kind of file. "
                          "Compile it with popcorn-clang.");
  }
  return Good;
}

} // namespace popcorn
