//===- report.cpp - errors, and files that cannot be read or written ------===//
#include "objcheck.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

static unsigned ErrorCount;

namespace popcorn {

void report(const Twine &Message) {
  errs() << "popcorn-clang: error: " << Message << "\n";
  ++ErrorCount;
}

unsigned errorCount() { return ErrorCount; }

std::unique_ptr<MemoryBuffer> readFile(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (Buffer)
    return std::move(*Buffer);
  report(Path + ": cannot be read: " + Buffer.getError().message());
  return nullptr;
}

bool writeFile(StringRef Path, StringRef Content) {
  std::error_code EC;
  raw_fd_ostream OS(Path, EC);
  if (!EC) {
    OS << Content;
    OS.close();
    EC = OS.error();
    OS.clear_error();
  }
  if (EC)
    report(Path + ": cannot be written: " + EC.message());
  return !EC;
}

} // namespace popcorn
