// See pass_limit.h.
#include "pass_limit.h"

#include "llvm/ADT/Twine.h"

#include <algorithm>

namespace popcorn {

PassLimit &passLimit() {
  static PassLimit Limit;
  return Limit;
}

bool PassLimit::allows(llvm::StringRef Step, llvm::StringRef Unit) {
  if (!Most)
    return true;
  if (++Asked > *Most)
    return false;
  Last = (Step + llvm::Twine(", ") + Unit).str();
  return true;
}

std::string PassLimit::summary() const {
  return "run " + std::to_string(std::min(Asked, Most.value_or(Asked))) +
         " of " + std::to_string(Asked) + ": " + Last;
}

} // namespace popcorn
