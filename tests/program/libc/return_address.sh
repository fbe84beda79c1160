#!/usr/bin/env bash
# return_address.sh BUILD: the number __builtin_return_address gives is the same moved and
# unmoved, and popcorn-dump makes function and line of it.
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$build/bin/popcorn-clang" -O2 -g "$here/return_address.c" -o program
line() { grep -n "$1" "$here/return_address.c" | tail -n "${2:-1}" | head -n 1 | cut -d: -f1; }
expected="one return_address.c:$(line 'say();' 2)
main return_address.c:$(line 'say();')"

fail() { echo "FAIL: $*"; exit 1; }
for nodes in x86_64,aarch64 aarch64,x86_64; do
    isa=()
    [ $nodes = x86_64,aarch64 ] || isa=(--isa aarch64)
    "$build/bin/popcorn" run --nodes ${nodes%,*} ./program >unmoved
    "$build/bin/popcorn" run --nodes $nodes --bounce 1 --poison --stats=stats ./program >moved
    grep -q '^ *moves  *[1-9]' stats || fail "no move"
    cmp unmoved moved || fail "other addresses moved ($nodes)"
    mapfile -t addresses < <(grep ^0x unmoved)
    options=()
    for address in "${addresses[@]}"; do options+=(--address "$address"); done
    "$build/bin/popcorn-dump" "${isa[@]}" "${options[@]}" program >text
    actual=$(sed -E 's|^0x[0-9a-f]+ ([a-z]+)\+0x[0-9a-f]+ \(?.*/(return_address\.c):([0-9]+)\)?$|\1 \2:\3|' text)
    [ "$actual" = "$expected" ] || fail "$nodes: $(cat text)"
    "$build/bin/popcorn-dump" --json "${isa[@]}" "${options[@]}" program |
        python3 -c 'import json, sys
for e in json.load(sys.stdin): print(e["function"], e["file"].split("/")[-1] + ":" + str(e["line"]))' >json
    [ "$(cat json)" = "$expected" ] || fail "$nodes: $(cat json)"
done
"$build/bin/popcorn-dump" --address 0x10 program | grep -qx '0x10 ?' || fail "0x10 has a name"
! "$build/bin/popcorn-dump" --address main program 2>err || fail "main is an address"
grep -q 'main: is not an address' err || fail "$(cat err)"
echo "${#addresses[@]} addresses, two starts"
