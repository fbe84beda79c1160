#!/usr/bin/env bash
# A planted fault must not get past the verifier: exit 1, function and call site
# named, no object written.
#   plant.sh BUILD GENERATE FAULT
set -euo pipefail
build=$1 generate=$2 fault=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$generate" 1 >"$work/p.c"
neutral "$work/p.c" "$work/p.bc"
for isa in x86_64 aarch64; do
    status=0
    "$codegen" --plant-fault="$fault" --isa "$isa=$work/o.o" "$work/p.bc" \
        2>"$work/err" || status=$?
    head -3 "$work/err"
    [ "$status" -eq 1 ] || { echo "$isa: exit $status, not 1"; exit 1; }
    grep -Eq "$isa: [a-z0-9_]+, call site [0-9]+.*live across it, .*by: " \
        "$work/err"
    [ ! -e "$work/o.o" ] && [ ! -e "$work/o.o.part" ]
done
