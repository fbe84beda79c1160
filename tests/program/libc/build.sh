#!/usr/bin/env bash
# build.sh BUILD SOURCE OUT [NATIVE]: a test program as users build theirs; NATIVE is
# a file of it that is compiled once for each ISA.
set -euo pipefail

build=$1 source=$2 out=$3 native=${4:-}

more=()
if [ -n "$native" ]; then
    "$build/bin/popcorn-clang" -O2 -Wall -popcorn-native -c -o "$out.native.o" "$native"
    more=(-fno-builtin "$out.native.o")
fi
"$build/bin/popcorn-clang" -O2 -Wall -pthread -o "$out" "$source" "${more[@]}" -lm
"$build/lib/popcorn/popcorn-pack" extract "$out" aarch64 -o "$out.aarch64"
