# shellcheck shell=bash
# Sourced, with $build set: $here, $work (removed at exit), $codegen.
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/../../lib/isas.sh"
codegen=$build/lib/popcorn/popcorn-codegen

# neutral SOURCE.c OUT.bc [OPTION...] makes a module popcorn-codegen accepts.
neutral() {
    "$build/bin/popcorn-clang" -flto "-O${level:-2}" -std=gnu11 -w "${@:3}" -c "$1" -o "$2"
}
