// Which pass broke it? Everything of ours that may be left out, and every
// optional pass of a back end, is a numbered run, in a fixed order; with a limit
// only the first so many are made. A program built with a limit runs but cannot
// move: nothing is verified (scripts/bisect-passes.sh finds the run that makes
// the difference).
#ifndef POPCORN_COMPILER_INSTRUMENT_PASS_LIMIT_H
#define POPCORN_COMPILER_INSTRUMENT_PASS_LIMIT_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace popcorn {

class PassLimit {
public:
  void set(uint64_t Limit) { Most = Limit; }
  bool isSet() const { return Most.has_value(); }
  // Is this run one of those that are made? Unit: a function's name.
  bool allows(llvm::StringRef Step, llvm::StringRef Unit);
  // "run 12 of 4711: Machine Common Subexpression Elimination, main": the last
  // one made, of all that were asked about.
  std::string summary() const;

private:
  std::optional<uint64_t> Most;
  uint64_t Asked = 0;
  std::string Last = "none";
};

// Of this process. Not thread-safe: a process makes code for one ISA.
PassLimit &passLimit();

} // namespace popcorn

#endif
