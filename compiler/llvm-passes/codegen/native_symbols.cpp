//===- native_symbols.cpp - what native archives define -------------------===//
//
// The index of an archive (ranlib) lists the symbols its objects define.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

static bool readArchive(StringRef Path, StringSet<> &Defined) {
  auto File = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!File)
    return refuse(Path, File.getError().message());
  auto Archive = object::Archive::create(**File);
  if (!Archive)
    return refuse(Path, "damaged archive: " + toString(Archive.takeError()));
  if (!(*Archive)->hasSymbolTable() && !(*Archive)->isEmpty())
    return refuse(Path, "an archive without index; run popcorn-ranlib on it");
  for (const object::Archive::Symbol &Symbol : (*Archive)->symbols())
    Defined.insert(Symbol.getName());
  return true;
}

bool readNativeSymbols(ArrayRef<std::string> Archives, StringSet<> &Defined) {
  for (const std::string &Path : Archives)
    if (!readArchive(Path, Defined))
      return false;
  return true;
}

} // namespace popcorn
