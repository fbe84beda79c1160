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
[ "$(kept)" = "fmod fmodf help main mine powl sin table tan" ] ||
    { echo "FAIL: kept are $(kept)"; exit 1; }
llvm-ar-19 rcs "$work/native.a"
[ "$(kept --native "$work/native.a")" = "cos fmod fmodf help log main mine powl sin table tan" ] ||
    { echo "FAIL: with native objects, kept are $(kept --with-native)"; exit 1; }
