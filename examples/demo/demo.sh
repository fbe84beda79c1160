#!/usr/bin/env bash
# `make demo`: builds voyage.c with popcorn-clang, runs it moving between
# x86-64 and AArch64 (QEMU) several times, and compares with the native run.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n--> %s\n' "$*"; }

step "popcorn-clang -O2 voyage.c -o voyage -lm"
"$build/bin/popcorn-clang" -O2 "$here/voyage.c" -o "$work/voyage" -lm
"$build/bin/popcorn-dump" --manifest "$work/voyage"
clang-19 -O2 -ffp-contract=off "$here/voyage.c" -o "$work/native" -lm

step "popcorn run: x86-64 native -> AArch64 under QEMU -> back, as it runs"
"$build/bin/popcorn" run --progress --stats --nodes x86_64,aarch64 \
    --bounce 15000 -- "$work/voyage" 6 | tee "$work/moved.out"

step "compare with the natively compiled run"
"$work/native" 6 >"$work/native.out"
if ! cmp "$work/native.out" "$work/moved.out"; then
    echo "DIFFERENT: the moved run printed something else" >&2
    exit 1
fi
echo "SAME: $(wc -c <"$work/native.out") bytes, byte for byte what the native run prints"
