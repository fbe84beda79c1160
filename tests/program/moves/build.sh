#!/usr/bin/env bash
# build.sh BUILD SOURCE OUT [OPTIONS of popcorn-clang...]: OUT with popcorn-clang, OUT.native with clang-19.
# Popcorn's arithmetic is that of C without contraction, so the native build
# is asked for the same.
set -euo pipefail
"$1/bin/popcorn-clang" -O2 "$2" -o "$3" -lm "${@:4}"
clang-19 -O2 -ffp-contract=off "$2" -o "$3.native" -lm
