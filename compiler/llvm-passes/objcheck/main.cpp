//===- main.cpp - popcorn-objcheck: checks objects for the driver ---------===//
//
//   popcorn-objcheck [--machine-code DIR] FILE...
//     Every FILE, object or archive, is of this version; what is machine code is
//     written to DIR for the merge (inputs.cpp).
//   popcorn-objcheck --merged FILE [--with FILE]...
//     After the merge: nothing is undefined that no FILE defines, and no call
//     disagrees with its callee about being variadic.
//
// Errors name the file, what is wrong and the way out; exit status 1.
//
//===----------------------------------------------------------------------===//
#include "objcheck.h"

using namespace llvm;

int main(int argc, char **argv) {
  ArrayRef<const char *> Args(argv + 1, argv + argc);
  StringRef Directory, Merged;
  SmallVector<StringRef> Files, With;
  while (!Args.empty()) {
    StringRef Arg = Args.front();
    Args = Args.drop_front();
    if (!Arg.starts_with("--")) {
      Files.push_back(Arg);
      continue;
    }
    if (Arg != "--machine-code" && Arg != "--merged" && Arg != "--with") {
      popcorn::report(Arg + ": unknown option of popcorn-objcheck");
      return 1;
    }
    if (Args.empty()) {
      popcorn::report(Arg + " needs a value after it");
      return 1;
    }
    if (Arg == "--with")
      With.push_back(Args.front());
    else
      (Arg == "--merged" ? Merged : Directory) = Args.front();
    Args = Args.drop_front();
  }
  if (Files.empty() && Merged.empty())
    popcorn::report("popcorn-objcheck: no files given");
  else if (Merged.empty())
    popcorn::checkInputs(Files, Directory);
  else
    popcorn::checkMerged(Merged, With);
  return popcorn::errorCount() ? 1 : 0;
}
