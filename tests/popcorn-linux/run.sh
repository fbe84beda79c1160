#!/usr/bin/env bash
# Programs as those of Popcorn Linux's user library are written.
#
#   run.sh build BUILD FOLDER            each, with popcorn-clang and no other flags
#   run.sh run BUILD FOLDER PROGRAM      by itself, then on nodes, from each ISA
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mode=$1 build=$2 work=$3

fail() { echo "FAIL: $*"; exit 1; }

if [ "$mode" = build ]; then
    mkdir -p "$work"
    for source in "$here"/*.c; do
        name=$(basename "$source" .c) more=()
        case $name in
        header) more=(-std=c99 -pedantic -D_GNU_SOURCE) ;;
        work) more=(-D_OPENMP -I"$here/omp") ;;
        esac
        "$build/bin/popcorn-clang" -O2 -Wall -Wextra -Werror -pthread \
            "${more[@]}" "$source" -o "$work/$name"
    done
    printf '%s\n' '7 3 0 1 1' '-1 2 1 0' >"$work/right"
    printf '%s\n' '7 3 0 1 1' '-1 2 1' >"$work/broken"
    exit
fi
program=$work/$4
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# $1: nodes, or "" for the program by itself; then its arguments.
check() {
    local nodes=$1 command=("$program" "${@:2}")
    [ -z "$nodes" ] || command=("$build/bin/popcorn" run --nodes "$nodes" \
        --poison --stats="$out/stats" -- "${command[@]}")
    "${command[@]}" >"$out/printed" 2>&1 ||
        fail "status $? on '$nodes': $(cat "$out/printed")"
    [ -n "$nodes" ] || cp "$out/printed" "$out/expected"
    cmp "$out/expected" "$out/printed" || fail "another output on '$nodes'"
    case $nodes:${2-} in :* | *:*broken | *:*missing) return ;; esac
    grep -q '^ *moves  *[1-9]' "$out/stats" || [ "${program##*/}" = header ] ||
        fail "no moves on '$nodes'"
}

for nodes in '' x86_64,aarch64 aarch64,x86_64,x86_64; do
    case $4 in
    schedule)
        for file in right broken missing; do
            check "$nodes" "$work/$file" $file
        done
        ;;
    *) check "$nodes" ;;
    esac
done
