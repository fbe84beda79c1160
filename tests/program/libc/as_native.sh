#!/usr/bin/env bash
# A program that prints a hash of each group of its results, a line each: on each ISA,
# and moving, they are what they are with another C library: Debian's musl on AArch64
# (with GCC's library for long doubles), or this machine's glibc. With a group as
# argument the program prints that group's results.
#   as_native.sh BUILD NAME musl|glibc LINES [OPTION of popcorn-clang...]
set -euo pipefail
build=$(cd "$1" && pwd)
name=$2 library=$3 lines=$4
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
. "$here/../../lib/native.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
case $library in
musl)
    native_link aarch64 native -O1 "$here/$name.c"
    native=("$(native_runner aarch64)" ./native)
    ;;
glibc)
    clang-19 -O1 -w "$here/$name.c" -lm -o native
    native=(./native)
    ;;
esac
"$build/bin/popcorn-clang" -O1 "${@:5}" "$here/$name.c" -lm -o program

same() { # same WHAT COMMAND...: prints what the native program does
    local group
    "${@:2}" >out
    cmp -s out right && return
    group=$(comm -13 <(sort out) <(sort right) | cut -d' ' -f1 | head -n 1)
    echo "FAIL: $1: $group is not that of $library; the first that differ:"
    diff <("${@:2}" "$group") <("${native[@]}" "$group") | head -n 6 || true
    exit 1
}
"${native[@]}" >right
[ "$(wc -l <right)" = "$lines" ]
for isa in $(isas "$build"); do
    "$build/lib/popcorn/popcorn-pack" extract program "$isa" -o "$isa"
    chmod +x "$isa"
    same "$isa" "$(native_runner "$isa")" "./$isa"
done
export COUNT=100
"${native[@]}" >right
for nodes in x86_64,aarch64 aarch64,x86_64; do
    same "moved, $nodes" "$build/bin/popcorn" run --nodes "$nodes" --bounce 37 \
        --bounce-limit 1000 --poison ./program
done
echo "$name: ok"
