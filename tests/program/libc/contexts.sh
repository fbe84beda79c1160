#!/usr/bin/env bash
# contexts.sh BUILD FOLDER: contexts.c with this machine's C library (FOLDER/native) and
# ours (FOLDER/contexts), which print the same by themselves on each ISA, however it is
# compiled.
set -euo pipefail
build=$1 work=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
. "$here/../../lib/native.sh"
mkdir -p "$work"

clang-19 -O2 -w -pthread "$here/contexts.c" -lm -o "$work/native"
"$work/native" >"$work/right"
[ "$(wc -l <"$work/right")" -gt 30 ]
for options in -O0 "-O2 -flto" "-O1 -popcorn-dense-points" -O2; do
    # shellcheck disable=SC2086
    "$build/bin/popcorn-clang" $options -w -pthread "$here/contexts.c" -lm \
        -o "$work/contexts"
    for isa in $(isas "$build"); do
        "$build/lib/popcorn/popcorn-pack" extract "$work/contexts" "$isa" \
            -o "$work/$isa"
        chmod +x "$work/$isa"
        # shellcheck disable=SC2046
        $(native_runner "$isa") "$work/$isa" >"$work/out"
        cmp "$work/right" "$work/out" ||
            { echo "FAIL: $isa, $options: not what glibc does"; exit 1; }
    done
done
echo "same output on each ISA"
