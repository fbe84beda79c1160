#!/usr/bin/env bash
# build.sh BUILD SOURCE OUT: OUT with a migration point at every entry and loop
# iteration, OUT.native with clang-19 and the same arithmetic.
set -euo pipefail
"$1/bin/popcorn-clang" -O2 -popcorn-dense-points "$2" -o "$3" -lm
clang-19 -O2 -ffp-contract=off "$2" -o "$3.native" -lm
