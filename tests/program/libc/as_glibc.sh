#!/usr/bin/env bash
# A program whose lines are numbered prints on each ISA what it prints with this
# machine's own C library.
#   as_glibc.sh BUILD NAME
set -euo pipefail
build=$(cd "$1" && pwd)
name=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
. "$here/../../lib/native.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
clang-19 -O1 -w "$here/$name.c" -lm -o native
"$build/bin/popcorn-clang" -O1 "$here/$name.c" -lm -o program
./native >right
[ "$(wc -l <right)" -gt 100 ]
for isa in $(isas "$build"); do
    "$build/lib/popcorn/popcorn-pack" extract program "$isa" -o "$isa"
    run=$(native_runner "$isa")
    $run "./$isa" >out
    cmp -s out right && continue
    line=$(diff out right | sed -n 's/^< \([0-9]*\) .*/\1/p' | head -n 1)
    echo "FAIL: $isa: line $line is not glibc's; the first that differ:"
    diff <($run "./$isa" "$line") <(./native "$line") | head -n 6 || true
    exit 1
done
echo "$name: ok"
