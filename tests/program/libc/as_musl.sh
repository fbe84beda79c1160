#!/usr/bin/env bash
# A program that prints a hash of each group of its results: on each ISA, and moving,
# they are what Debian's musl has on AArch64.
#   as_musl.sh BUILD NAME
set -euo pipefail
build=$(cd "$1" && pwd)
name=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
. "$here/../../lib/native.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
native_link aarch64 native -O1 "$here/$name.c"
"$build/bin/popcorn-clang" -O1 "$here/$name.c" -o program

same() { # same WHAT COMMAND...: prints what the native program does
    local group
    "${@:2}" >out
    cmp -s out right && return
    group=$(comm -13 <(sort out) <(sort right) | cut -d' ' -f1 | head -n 1)
    echo "FAIL: $1: $group is not musl's; the first that differ:"
    diff <("${@:2}" "$group") <("$(native_runner aarch64)" ./native "$group") |
        head -n 6 || true
    exit 1
}
"$(native_runner aarch64)" ./native >right
for isa in $(isas "$build"); do
    "$build/lib/popcorn/popcorn-pack" extract program "$isa" -o "$isa"
    chmod +x "$isa"
    same "$isa" "$(native_runner "$isa")" "./$isa"
done
export COUNT=100
"$(native_runner aarch64)" ./native >right
for nodes in x86_64,aarch64 aarch64,x86_64; do
    same "moved, $nodes" "$build/bin/popcorn" run --nodes "$nodes" --bounce 37 \
        --bounce-limit 1000 --poison ./program
done
echo "$name: ok"
