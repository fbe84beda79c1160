#!/usr/bin/env bash
# build.sh BUILD SOURCE OUT: a test program as users build theirs.
set -euo pipefail

build=$1 source=$2 out=$3

"$build/bin/popcorn-clang" -O2 -Wall -pthread -o "$out" "$source" -lm
"$build/lib/popcorn/popcorn-pack" extract "$out" aarch64 -o "$out.aarch64"
