// lld's ELF linker, as the program ld.lld of the same package has it.
#include "lld/Common/Driver.h"
#include "llvm/Support/InitLLVM.h"

LLD_HAS_DRIVER(elf)

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // Ends the process when it is done: nothing is freed.
  bool linked = lld::elf::link({argv, static_cast<size_t>(argc)}, llvm::outs(),
                               llvm::errs(), /*exitEarly=*/true,
                               /*disableOutput=*/false);
  return linked ? 0 : 1;
}
