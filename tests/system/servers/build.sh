#!/usr/bin/env bash
# build.sh BUILD OUT: the store with popcorn-clang, the load generator natively.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
"$1/bin/popcorn-clang" -O2 -pthread -I"$here/../../.." "$here/store.c" -o "$2/store"
clang-19 -O2 -pthread -I"$here/../../.." "$here/load.c" -o "$2/load"
