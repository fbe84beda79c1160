#!/usr/bin/env bash
# build.sh BUILD OUT: each program here, with popcorn-clang and natively.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
for source in "$here"/*.c; do
    program=$2/$(basename "$source" .c)
    "$1/bin/popcorn-clang" -O2 -w -pthread -iquote "$here/../../lib" "$source" -o "$program" -lm
    case ${program##*/} in advice | places | held) continue ;; esac # only for popcorn run
    clang-19 -O2 -w -ffp-contract=off -mcx16 -pthread -iquote "$here/../../lib" "$source" \
        -o "$program.native" -latomic -lm
done
"$1/bin/popcorn-clang" -O2 -pthread "$here/../../../bench/moves/crowd.c" \
    -o "$2/pushed"
