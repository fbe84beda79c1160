#!/usr/bin/env bash
# checked.sh BUILD FOLDER: the allocation test with all checks that mimalloc has of
# its own lists, on this machine's ISA.
set -euo pipefail
build=$1 work=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
"$build/bin/popcorn-clang" -O2 -pthread "$here/allocation.c" \
    "$build/libc/obj/heap.checked.c.o" -o "$work/allocation"
grep -qa 'heap: does not hold' "$work/allocation" ||
    { echo "FAIL: the heap is not the checked one"; exit 1; }
"$work/allocation"
"$work/allocation" resident
