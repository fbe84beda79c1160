#!/usr/bin/env bash
# format.sh [--check]: lays out all C and C++ (.clang-format), or says what is not.
set -euo pipefail
cd "$(dirname "$0")/.."
list=$(mktemp)
trap 'rm -f "$list"' EXIT
options=(-i)
[ "${1:-}" != --check ] || options=(--dry-run -Werror)
# Not: libc's replaced files, which are laid out as musl's; what compilers are tested with.
find isa runtime linker compiler tools libc-musl-patched libcxx include examples bench tests cmake \
    \( -path libc-musl-patched/overlay -o -name refuse -o -name cases -o -name miscompiles \) -prune \
    -o \( -name '*.[ch]' -o -name '*.cpp' \) -print0 >"$list"
run() { xargs -0 -r -n 20 -P "$(nproc)" clang-format-19 "$@"; }
grep -zvE '\.cpp$|^compiler/llvm-passes/' "$list" | run --style=file:.clang-format "${options[@]}"
grep -zE '\.cpp$|^compiler/llvm-passes/' "$list" |
    run --style=file:compiler/llvm-passes/.clang-format "${options[@]}"
