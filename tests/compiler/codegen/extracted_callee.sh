#!/usr/bin/env bash
# A call through an element of an aggregate goes to what the register with that
# element holds, on each ISA, at each level.
#   extracted_callee.sh BUILD
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

for level in 0 2; do
    "$codegen" "-O$level" -S --mllvm=-verify-machineinstrs --isa x86_64="$work/x.s" \
        --isa aarch64="$work/a.s" "$here/extracted_callee.ll"
    # The old value is in rax, or x8 of the exclusive load; both calls take a copy.
    copy=$(sed -n '/cmpxchgq/,/callq/s/.*movq.*%rax, \(%r[a-z0-9]*\).*/\1/p' "$work/x.s")
    [ "$(grep -c "callq.*\*$copy\$" "$work/x.s")" = 2 ] || { cat "$work/x.s"; exit 1; }
    loaded=$(sed -n 's/.*ldaxr.*\(x[0-9]*\), \[.*/\1/p' "$work/a.s")
    [ "$(grep -c "blr.*$loaded\$" "$work/a.s")" = 2 ] || { cat "$work/a.s"; exit 1; }
done
echo "extracted callee: ok"
