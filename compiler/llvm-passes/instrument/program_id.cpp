// The identity of a program: the hash of its instrumented neutral IR. Two
// images may exchange threads only if they come from the very same IR. A module
// that is linked with others has such an identity too.
#include "internal.h"

#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace popcorn {

void addProgramId(State &S) {
  SmallVector<char, 0> Bitcode;
  raw_svector_ostream OS(Bitcode);
  WriteBitcodeToFile(S.M, OS);
  S.Report.ProgramId = SHA256::hash(ArrayRef(
      reinterpret_cast<const uint8_t *>(Bitcode.data()), Bitcode.size()));
  if (S.Options.Elsewhere)
    return; // the program's is made of those of its modules, by the link

  Constant *Id =
      ConstantDataArray::get(S.M.getContext(), ArrayRef(S.Report.ProgramId));
  auto *Variable = new GlobalVariable(S.M, Id->getType(), true,
                                      GlobalValue::ExternalLinkage, Id, "");
  if (GlobalVariable *Declared = S.M.getNamedGlobal(ProgramIdName)) {
    if (!Declared->isDeclaration())
      S.error(Twine(ProgramIdName) + " is defined by the program. Rename it");
    Declared->replaceAllUsesWith(Variable);
    Declared->eraseFromParent();
  }
  Variable->setName(ProgramIdName);
  Variable->setAlignment(Align(16));
  Variable->setDSOLocal(true);
}

} // namespace popcorn
