//===- Neutral.h - passes that make a module ISA-neutral ------------------===//
//
// The plugin runs these at pipeline start, before any optimisation, on what
// clang's AArch64 front end made of one C file.  Each is an ordinary function
// over the module; plugin.cpp gives the order.  docs/driver.md, "What the
// plugin does", is the reference.
//
//===----------------------------------------------------------------------===//
#ifndef POPCORN_NEUTRAL_H
#define POPCORN_NEUTRAL_H

#include "llvm/IR/Function.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace popcorn {

/// Marks functions and calls whose C type is variadic: their last parameter is
/// the argument buffer.  popcorn-objcheck compares the two after the merge.
constexpr const char VariadicAttr[] = "popcorn-variadic";

/// Name of the module flag that carries POPCORN_ABI_VERSION.
constexpr const char AbiFlag[] = "popcorn-abi";

/// Refuses everything that has no neutral form.  Returns true if something was
/// refused; the errors have gone to the context's diagnostic handler.
bool refuseForeign(llvm::Module &M);

/// Inline assembly without an instruction becomes fences and opaque copies, and
/// what says that a loop spins a fence of the scope SpinHintScope.
void lowerEmptyAsm(llvm::Module &M);
enum class AsmKind { Foreign, Empty, SpinHint };
AsmKind classifyAsm(llvm::StringRef Text);
/// `Text` without its block comments; an open one stays.
std::string withoutBlockComments(llvm::StringRef Text);

/// What file-scope assembly says of symbols. Returns the first statement that has
/// no neutral form, else an empty string.
std::string applyDirectives(llvm::Module &M);

/// Builtins that have a neutral equivalent (fmuladd, frame address, ...).
void lowerBuiltins(llvm::Module &M);

/// &&label becomes a small integer, goto * a switch.
void lowerLabels(llvm::Module &M);

/// (T..., ...) becomes (T..., ptr to the arguments in AAPCS64 stack layout).
void lowerVariadics(llvm::Module &M);

/// Aggregates of more than two scalars are returned through a pointer.
void lowerWideReturns(llvm::Module &M);
bool isWideReturn(const llvm::FunctionType &FT);

/// Keeps LLVM 19.1.7 from what it is known to compile wrongly.
void avoidMiscompiles(llvm::Module &M);

/// Drops what names the front end's ISA; raises alignments; adds AbiFlag.
void stripTarget(llvm::Module &M);

/// Checks what the passes above promise.  Reports a bug of ours as an error.
void verifyNeutral(llvm::Module &M);

/// True for an intrinsic that only a back end of one ISA understands, or that
/// has no neutral meaning.
bool isIntrinsicCall(const llvm::CallBase &CB);

/// A call or invoke like Old, before it, with another type and other arguments: its
/// callee, bundles, calling convention, kind of tail call and metadata. Attributes
/// are the caller's to set, and Old is his to erase.
llvm::CallBase *createLike(llvm::CallBase *Old, llvm::FunctionType *FT,
                           llvm::ArrayRef<llvm::Value *> Args);

} // namespace popcorn

#endif
