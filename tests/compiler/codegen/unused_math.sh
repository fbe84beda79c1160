#!/usr/bin/env bash
# Of the libm functions a merge keeps, those stay that something may call.
#   unused_math.sh BUILD
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

kept() { # OPTIONS of codegen...: the names, sorted
    "$codegen" "$@" --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" \
        "$here/unused_math.ll"
    for object in x a; do
        llvm-nm-19 --defined-only --format=just-symbols "$work/$object.o" |
            grep -v '^__' | LC_ALL=C sort | xargs
    done | uniq
}
[ "$(kept --whole)" = "fmod fmodf help main mine powl sin table tan" ] ||
    { echo "FAIL: kept are $(kept --whole)"; exit 1; }
[ "$(kept)" = "cos fmod fmodf help log main mine powl sin table tan" ] ||
    { echo "FAIL: of one module, kept are $(kept)"; exit 1; }
