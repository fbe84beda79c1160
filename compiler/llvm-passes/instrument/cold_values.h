// Values that many calls carry and few instructions use go to memory.
#ifndef POPCORN_COMPILER_INSTRUMENT_COLD_VALUES_H
#define POPCORN_COMPILER_INSTRUMENT_COLD_VALUES_H

namespace llvm {
class Function;
}

namespace popcorn {

struct State;

// Before allocas move to the data stack: it makes some.
void moveColdValues(State &S, llvm::Function &F);

} // namespace popcorn

#endif
