//===- objcheck.h - what the parts of popcorn-objcheck share --------------===//
//
// The program reads a link's inputs and reports what is wrong with them, by the
// name of the file and with the way out; it goes on after an error as far as
// the next one says something new.
//
//===----------------------------------------------------------------------===//
#ifndef POPCORN_OBJCHECK_H
#define POPCORN_OBJCHECK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>
#include <vector>

namespace popcorn {

/// Prints an error and counts it.
void report(const llvm::Twine &Message);
unsigned errorCount();

/// Null after a report.
std::unique_ptr<llvm::MemoryBuffer> readFile(llvm::StringRef Path);
/// False after a report.
bool writeFile(llvm::StringRef Path, llvm::StringRef Content);

/// What ld.lld is to be told of a multi-ISA object, or of those in a bundle.
struct MachineCode {
  /// The front end's ISA's part of each: relocatables, inside the object.
  std::vector<llvm::StringRef> Parts;
  /// Names that some ISA's part leaves undefined, and not the front end's.
  std::vector<std::string> UndefinedElsewhere;
};

/// False after a report. Name: for messages.
bool readMachineCode(const std::string &Name, llvm::StringRef Object,
                     MachineCode &Result);

/// Each FILE, object or archive, is of this version. What is machine code ld.lld
/// gets in another form, in Directory (inputs.cpp); none if that is empty.
void checkInputs(llvm::ArrayRef<llvm::StringRef> Files,
                 llvm::StringRef Directory);

/// The merged module agrees with itself and with what is linked to it: objects
/// and archives.
void checkMerged(llvm::StringRef Path, llvm::ArrayRef<llvm::StringRef> With);

} // namespace popcorn

#endif
