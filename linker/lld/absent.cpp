// What lld initialises and a link of ours never needs: LLVM's other targets, and the
// passes of Polly, which Debian's LLVM has.
#include "llvm/Passes/PassPlugin.h"

#define ABSENT(target)                                                         \
  void LLVMInitialize##target##Target() {}                                     \
  void LLVMInitialize##target##TargetInfo() {}                                 \
  void LLVMInitialize##target##TargetMC() {}                                   \
  void LLVMInitialize##target##AsmPrinter() {}                                 \
  void LLVMInitialize##target##AsmParser() {}

extern "C" {
#include "absent.def"
}

llvm::PassPluginLibraryInfo getPollyPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "absent", "", [](llvm::PassBuilder &) {}};
}
