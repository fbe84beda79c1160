//===- spin_hint.h - what says in neutral IR that a loop spins ------------===//
#ifndef POPCORN_SPIN_HINT_H
#define POPCORN_SPIN_HINT_H

namespace popcorn
{

/// The scope of a fence that is a spin hint: made by the neutral pass of pause,
/// yield and rep nop, replaced by CODEGEN(SpinHint) of each ISA.
constexpr const char SpinHintScope[] = "popcorn-spin";

} // namespace popcorn

#endif
