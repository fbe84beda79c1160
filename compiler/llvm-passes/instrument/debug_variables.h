// Where a debugger finds the locals that are on the data stack.
#ifndef POPCORN_COMPILER_INSTRUMENT_DEBUG_VARIABLES_H
#define POPCORN_COMPILER_INSTRUMENT_DEBUG_VARIABLES_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ValueHandle.h"

namespace popcorn {

// Of one function.
struct FrameVariables {
  struct Variable {
    llvm::DILocalVariable *Name;
    llvm::DIExpression *Place; // of the frame base
    llvm::DILocation *Scope;
  };
  llvm::SmallVector<Variable, 8> Variables;
  llvm::WeakTrackingVH Base;
  // The caller's data-stack pointer, if that is always base + FrameBytes.
  llvm::WeakTrackingVH Caller;
  uint64_t FrameBytes = 0;
  llvm::DenseSet<llvm::Value *> Bases, Callers; // as described so far

  // Takes over the declarations of Local, which is Bytes behind the base.
  void add(llvm::AllocaInst &Local, uint64_t Bytes);
  // Which, if it is Base or Caller, is Now from Where on.
  void describe(const llvm::Value *Which, llvm::Value *Now,
                llvm::Instruction *Where);
  void describeAtStart();
  // The phis that join what was described.
  void describePhis(llvm::Function &F);
};

} // namespace popcorn

#endif
