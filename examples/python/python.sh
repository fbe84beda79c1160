#!/usr/bin/env bash
# CPython as a program that moves: builds it (the first time ten minutes), then a script
# with threads goes to AArch64 and back while it runs.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
sysroot=${POPCORN_SYSROOT:-$build/lib/popcorn/sysroot} PATH=$build/bin:$PATH
popcorn-port build python3
popcorn run "$sysroot/bin/python3" "$(dirname "$0")/threads.py" 12000 &
for node in 1 0 1 0; do
    sleep 2
    popcorn migrate $! $node
done
wait $!
