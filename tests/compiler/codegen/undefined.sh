#!/usr/bin/env bash
# The undefined pieces of a live value become zero: nothing is listed that has
# never been written, and nothing is built again for it.
#   undefined.sh BUILD
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

"$codegen" --stats --dense-points --mllvm=-verify-machineinstrs \
    --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" "$here/undefined.ll" \
    >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
grep 'x86_64 2, aarch64 2, undefined live values made zero' "$work/log"
[ "$(grep -c 'x86_64 0, aarch64 0, functions rebuilt' "$work/log")" -eq 2 ]
