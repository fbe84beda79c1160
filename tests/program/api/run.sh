#!/usr/bin/env bash
# Programs as those of Popcorn Linux's user library are written.
#
#   run.sh build BUILD FOLDER            each, with popcorn-clang and no other flags
#   run.sh run BUILD FOLDER PROGRAM      by itself, then on nodes, from each ISA
#   run.sh lost BUILD FOLDER             one of whose nodes is killed
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
program=$work/${4:-lost}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# A node's agent has a child, the member; home's has none.
kill_a_node() {
    local p
    for p in /proc/[0-9]*; do
        [[ $(readlink "$p/exe") == */popcorn-agent ]] &&
            [ -n "$(cat "$p"/task/*/children)" ] &&
            tr '\0' '\n' <"$p/environ" | grep -qx "XDG_RUNTIME_DIR=$out" || continue
        kill -9 "${p#/proc/}"
        return 0
    done 2>/dev/null
    return 1
}

if [ "$mode" = lost ]; then
    . "$here/../../lib/soon.sh"
    mkfifo "$out/go"
    XDG_RUNTIME_DIR=$out timeout 300 "$build/bin/popcorn" run \
        --nodes x86_64,aarch64,x86_64 -- "$program" <"$out/go" >"$out/printed" 2>"$out/err" &
    exec 3>"$out/go"
    soon grep -q ready "$out/printed" || fail "does not start: $(cat "$out"/err)"
    kill_a_node || fail "no agent of a node"
    soon grep -q 'goes on without' "$out/err" || fail "the loss is not told"
    echo >&3
    wait $! || fail "status $?: $(cat "$out/printed" "$out/err")"
    exit
fi

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
