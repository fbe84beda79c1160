#!/usr/bin/env bash
# Links torture tests into one multi-ISA program.
#
#   link.sh BUILD LLVM_LINK OUT LEVEL PROGRAM NAME...
#
# OUT holds NAME.o (compile.sh), harness.o and empty.o. llvm-link makes the
# names of all modules behind the first internal, so the tests cannot clash.
set -eu
build=$1 llvm_link=$2 out=$3 level=$4 program=$5
shift 5
objects=()
for name; do objects+=("$out/$name.o"); done
"$llvm_link" --internalize "$out/empty.o" "${objects[@]}" \
    -o "$program.o" 2>"$program.err" ||
    { cat "$program.err" >&2; exit 1; }
"$build/bin/popcorn-clang" "$level" -popcorn-dense-points "$program.o" \
    "$out/harness.o" -lm \
    -o "$program"
rm -f "$program.o" "$program.err"
