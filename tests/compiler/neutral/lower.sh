#!/usr/bin/env bash
# The shape of neutral IR: what the plugin makes of lower.c, at two levels, and
# that it changes nothing when it runs on its own output.
#   lower.sh BUILD
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=$build/bin/popcorn-clang
failed=0

has() {
    grep -qE -- "$1" "$work/out.ll" || { echo "$level: missing: $1"; failed=1; }
}
has_not() {
    ! grep -nE -- "$1" "$work/out.ll" || { echo "$level: found: $1"; failed=1; }
}

for level in -O0 -O2; do
    "$cc" "$level" -std=gnu11 -Wno-deprecated-non-prototype -S -emit-llvm \
        "$here/lower.c" -o "$work/out.ll" 2>"$work/warnings"
    grep -q "lower.c:.*warning: __builtin_frame_address.* is null" \
        "$work/warnings" || { echo "no warning"; failed=1; }
    has 'call ptr @__popcorn_return_address\(i32 0\)'
    has 'define.* void @wide_return\(ptr .*sret\(%struct\.hfa3\)'
    has 'declare .*i32 @variadic\(i32 noundef, ptr\)'
    has 'call i32 @variadic\(i32 noundef 1, ptr .*\) #[0-9]+'
    has 'declare .*i32 @unprototyped\(\)'
    has 'call i32 @unprototyped\(i32 noundef 1, double noundef 2'
    has '"popcorn-variadic"'
    has 'fmul double'
    has 'fence syncscope\("singlethread"\) seq_cst'
    has '@bytes = .*align 16'
    has '@words = .*align 4'
    has '!"popcorn-abi", i32 1'
    has_not 'blockaddress|indirectbr|\basm\b|fmuladd|llvm\.va_|llvm\.(return|frame)address'
    has_not 'target-cpu|target-features|frame-pointer|uwtable|PIC Level'
    has_not '^(define|declare) .*\.\.\.\)'
    # A computed goto has a case for 0, and so no subtraction; -O2 knows better
    # for two labels.
    [ "$level" = -O2 ] || has '^ +i64 0, label'
    # Again, from IR.
    cp "$work/out.ll" "$work/first.ll"
    "$cc" "$level" -c "$work/first.ll" -o "$work/again.o"
done
has 'store volatile i32 %'
exit "$failed"
