#!/usr/bin/env bash
# A register that is written part by part is not read before: no function is built
# again, and both ISAs give the same.
#   interleaved.sh BUILD
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

for level in 2 3; do
    "$build/bin/popcorn-clang" "-O$level" "$here/interleaved.c" -o "$work/run" \
        2>"$work/err"
    if [ -s "$work/err" ]; then # built again: not right at once
        cat "$work/err"
        exit 1
    fi
    for isa in $(isas "$build"); do
        "$build/bin/popcorn" run --nodes "$isa" "$work/run" >"$work/$isa"
        cmp "$work/$(host_isa)" "$work/$isa"
    done
done
