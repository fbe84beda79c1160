#!/usr/bin/env bash
# What LLVM 19.1.7 compiles wrongly on the way through our pipeline and does not,
# since something keeps it away (docs/codegen.md): each program of miscompiles/
# prints what its line `right` says, on each ISA, with each word of its line `flags`
# (commas stand for spaces).
#   miscompiles.sh BUILD
set -euo pipefail
build=$(cd "$1" && pwd)
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

line() { sed -n "s|^/\* $2: \(.*\)\*/\$|\1|p" "$1" | sed 's/ *$//'; }
count=0
for source in "$here"/miscompiles/*.c; do
    for flags in $(line "$source" flags); do
        # shellcheck disable=SC2086  # several options
        "$build/bin/popcorn-clang" ${flags//,/ } -w "$source" -o "$work/program" -lm
        for isa in $(isas "$build"); do
            run=()
            [ "$isa" = "$(uname -m)" ] || run=("qemu-$isa")
            "$build/lib/popcorn/popcorn-pack" extract "$work/program" $isa -o "$work/image"
            chmod +x "$work/image"
            status=0
            "${run[@]}" "$work/image" >"$work/out" || status=$?
            if [ "$status" != 0 ] || [ "$(cat "$work/out")" != "$(line "$source" right)" ]; then
                echo "FAIL: $(basename "$source") $flags, $isa: exit $status, prints"
                cat "$work/out"
                exit 1
            fi
            count=$((count + 1))
        done
    done
done
echo "miscompiles: $count images are right"
