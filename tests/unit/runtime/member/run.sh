#!/bin/sh
# Builds the test programs of programs/ with popcorn-clang, and runs one under
# the loopback agent (loopback.c), where all members share one memory.
#
#   run.sh build BUILD
#   run.sh alone BUILD NAME ISA [ARGS...]          the image by itself
#   run.sh STATUS BUILD NAME HOME REMOTE "OPTIONS" [ARGS...]
#
# STATUS is the exit status expected. REMOTE "-": every move comes back to home.
# What the program prints must be what it prints by itself. $STDERR, if set, is a
# pattern standard error must have.
set -u
mode=$1
build=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../lib/isas.sh"
work=$build/tests/unit/runtime/member/programs
fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

image()
{
    printf '%s/%s.%s' "$work" "$1" "$2"
}

alone()
{
    name=$1
    isa=$2
    shift 2
    if [ "$isa" = "$(uname -m)" ]; then
        "$(image "$name" "$isa")" "$@"
    else
        "qemu-$isa" "$(image "$name" "$isa")" "$@"
    fi
}

case $mode in
build)
    mkdir -p "$work" || exit 1
    for source in "$here"/programs/*.c; do
        name=$(basename "$source" .c)
        "$build/bin/popcorn-clang" -O2 -o "$work/$name" "$source" || exit 1
        for isa in $(isas "$build"); do
            "$build/lib/popcorn/popcorn-pack" extract "$work/$name" $isa \
                -o "$(image "$name" $isa)" || exit 1
            chmod +x "$(image "$name" $isa)"
        done
    done
    ;;
alone)
    shift 2
    alone "$@"
    ;;
*)
    name=$3
    home=$4
    remote=$5
    options=$6
    shift 6
    out=$(mktemp -d) || exit 1
    trap 'rm -rf "$out"' EXIT
    alone "$name" "$(uname -m)" "$@" >"$out/expected" 2>/dev/null
    if [ "$remote" != - ]; then
        options="$options --remote $(image "$name" "$remote")"
    fi
    # shellcheck disable=SC2086 # options are words
    "$build/tests/unit/runtime/member/loopback" $options --home "$(image "$name" "$home")" \
        -- "$name" "$@" >"$out/printed" 2>"$out/errors"
    status=$?
    cat "$out/errors" >&2
    [ $status -eq "$mode" ] || fail "exit status $status, expected $mode"
    if [ -n "${STDERR-}" ]; then
        grep -q -- "$STDERR" "$out/errors" || fail "no \"$STDERR\""
    fi
    case "${COMPARE-yes}" in
    yes) cmp "$out/expected" "$out/printed" || fail "output differs" ;;
    esac
    ;;
esac
