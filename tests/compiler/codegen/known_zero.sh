#!/usr/bin/env bash
# A register known to be zero on a path is not kept across a call site there.
#   known_zero.sh BUILD
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

"$codegen" --stats --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" \
    "$here/known_zero.ll" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
[ "$(grep -c 'x86_64 0, aarch64 0, functions rebuilt' "$work/log")" -eq 2 ] ||
    { grep 'again' "$work/log"; exit 1; }
