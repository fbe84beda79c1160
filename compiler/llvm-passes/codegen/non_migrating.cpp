//===- non_migrating.cpp - the names of what never migrates ---------------===//
//
// A module that is compiled by itself sees no function of libc. Which of them
// never migrate, by the rule that is applied to a whole program, is found once,
// when libc is built.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/instrument.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <set>

using namespace llvm;

namespace popcorn {

static bool addLibrary(StringRef Path, NonMigratingNames &Names) {
  auto File = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!File)
    return refuse(Path, File.getError().message());
  auto Library = object::Archive::create(**File);
  if (!Library)
    return refuse(Path, "damaged archive: " + toString(Library.takeError()));
  Error Err = Error::success();
  for (const object::Archive::Child &Child : (*Library)->children(Err)) {
    Expected<MemoryBufferRef> Member = Child.getMemoryBufferRef();
    if (!Member)
      return refuse(Path, toString(Member.takeError()));
    LLVMContext Context;
    auto M = parseBitcodeFile(*Member, Context);
    if (!M)
      return refuse(Path, toString(M.takeError()));
    Names.add(**M);
  }
  return !Err || refuse(Path, toString(std::move(Err)));
}

bool listNonMigrating(const Options &Opts) {
  StringSet<> Native;
  if (!readNativeSymbols(Opts.Runtime, Native))
    return false;
  NonMigratingNames Names(Native);
  if (!addLibrary(Opts.Input, Names))
    return false;
  std::set<std::string> All(Opts.Shared.begin(), Opts.Shared.end());
  for (const std::string &Name : Names.names())
    All.insert(Name);
  std::error_code EC;
  raw_fd_ostream OS(Opts.ListPath, EC);
  for (const std::string &Name : All)
    OS << Name << "\n";
  OS.close();
  if (!EC)
    EC = OS.error();
  OS.clear_error();
  return !EC || refuse(Opts.ListPath, EC.message());
}

} // namespace popcorn
