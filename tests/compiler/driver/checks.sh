# shellcheck shell=bash
# What the tests of popcorn-clang share: a folder of their own, and checks.
# BUILD [OPTION]: an option of every command of the compiler (-flto).
set -uo pipefail
build=$1 mode=${2:-}
work=$(mktemp -d)
cc=$build/bin/popcorn-clang
if [ -n "$mode" ]; then
    printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$cc" "$mode" >"$work/popcorn-clang"
    chmod +x "$work/popcorn-clang"
    cc=$work/popcorn-clang
fi
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export TMPDIR=$work/tmp
mkdir tmp
failed=0

problem() {
    echo "FAILED: $1"
    sed 's/^/    /' out err
    failed=1
}
# good WHAT COMMAND...: succeeds silently.  bad WHAT TEXT COMMAND...: fails with
# a message that has TEXT.  says WHAT TEXT COMMAND...: succeeds and prints TEXT.
good() {
    "${@:2}" >out 2>err || problem "$1"
}
says() {
    { "${@:3}" >out 2>err && cat out err | grep -qF -- "$2"; } ||
        problem "$1 (does not say: $2)"
}
bad() {
    if "${@:3}" >out 2>err; then
        problem "$1 (accepted)"
    elif ! grep -qF -- "$2" err; then
        problem "$1 (does not say: $2)"
    fi
}
