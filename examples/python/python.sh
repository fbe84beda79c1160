#!/usr/bin/env bash
# CPython with its standard library, as a program that moves: builds it (a quarter of an
# hour), then a script with threads goes to AArch64 and back while it runs.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
PATH=$build/bin:$PATH
popcorn-port build python3
popcorn run --nodes x86_64,aarch64 "$build/lib/popcorn/sysroot/bin/python3" \
    "$(dirname "$0")/threads.py" 5000 &
for node in 1 0 1 0; do
    sleep 3
    popcorn migrate $! $node
done
wait $!
