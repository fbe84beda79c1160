#!/usr/bin/env bash
# Arithmetic of long double: on each ISA, and moving, what GCC's library computes
# on AArch64, in every rounding mode, with the same flags.
#   binary128.sh BUILD
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
. "$here/../../lib/native.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
native_link aarch64 native -O1 "$here/binary128.c"
"$(native_runner aarch64)" ./native >right
[ "$(wc -l <right)" = 6 ]
"$build/bin/popcorn-clang" -O1 -popcorn-dense-points "$here/binary128.c" -o program

same() { # same WHAT COMMAND...: prints what the native program does
    local operation
    "${@:2}" >out
    cmp -s out right && return
    operation=$(comm -13 <(sort out) <(sort right) | cut -d' ' -f1 | head -n 1)
    echo "FAIL: $1: $operation is not GCC's; the first that differ:"
    "$(native_runner aarch64)" ./native "$operation" >right
    diff <("${@:2}" "$operation") right | head -n 4 || true
    exit 1
}
for isa in $(isas "$build"); do
    "$build/lib/popcorn/popcorn-pack" extract program $isa -o $isa
    chmod +x $isa
    same $isa "$(native_runner $isa)" ./$isa
done
for nodes in x86_64,aarch64 aarch64,x86_64; do
    same "moved, $nodes" "$build/bin/popcorn" run --nodes $nodes --bounce 37 \
        --bounce-limit 1000 --poison ./program
done
echo "binary128: ok"
