#!/usr/bin/env bash
# Runs one command natively and under `popcorn run` with moves, and compares
# standard output and exit status byte for byte.
#
#   bounce.sh [-b BUILD] [-n NODES] [-e EVERY] [-l LIMIT] [-k EACH] [-m MOVES] [-x MOVES]
#             [-t SECONDS] [-f FAULTS] [-i STDIN] [-s] [-p] NATIVE POPCORN [ARGS...]
#
# -k: --bounce-each.  -m: fewer moves than this fail the test, -x: more.  -f: fewer page faults.  -s: compare standard error too.
# -p: poison what no frame map describes.
# NATIVE is the natively built program, POPCORN the multi-ISA binary; both get
# ARGS.  The number of moves comes from --stats.
set -euo pipefail
build=build nodes=x86_64,aarch64 every=1 limit=0 each=0 moves=1 most=0 faults=0 seconds=300 input=/dev/null errors=0 more=()
while getopts b:n:e:l:k:m:x:f:t:i:sp o; do
    case $o in
    b) build=$OPTARG ;; n) nodes=$OPTARG ;; e) every=$OPTARG ;;
    l) limit=$OPTARG ;; k) each=$OPTARG ;; x) most=$OPTARG ;; m) moves=$OPTARG ;; t) seconds=$OPTARG ;;
    f) faults=$OPTARG ;; i) input=$OPTARG ;; s) errors=1 ;; p) more=(--poison) ;; *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
native=$1 program=$2
shift 2
. "$(dirname "$0")/soon.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

limits=()
[ "$limit" = 0 ] || limits=(--bounce-limit "$limit")
[ "$each" = 0 ] || limits+=(--bounce-each "$each")
set +e
timeout "$seconds" "$native" "$@" <"$input" >"$work/native.out" 2>"$work/native.err"
expected=$?
# The statistics go to a file of their own, so standard error stays comparable.
timeout "$seconds" "$build/bin/popcorn" run --nodes "$nodes" --bounce "$every" \
    "${limits[@]}" "${more[@]}" --stats="$work/stats" -- "$program" "$@" \
    <"$input" >"$work/popcorn.out" 2>"$work/popcorn.err"
status=$?
set -e

fail() {
    printf 'FAIL: %s (nodes %s, bounce %s)\n' "$1" "$nodes" "$every"
    tail -n 5 "$work/popcorn.out" | sed 's/^/  stdout: /'
    tail -n 15 "$work/popcorn.err" | sed 's/^/  stderr: /'
    sed 's/^/  stats: /' "$work/stats" 2>/dev/null | head -20
    exit 1
}
[ "$status" = "$expected" ] || fail "exit status $status, native $expected"
cmp "$work/native.out" "$work/popcorn.out" || fail "standard output differs from the native run"
[ "$errors" = 0 ] || cmp "$work/native.err" "$work/popcorn.err" || fail "standard error differs from the native run"
# A program that is killed ends before its agent has written them.
soon test -s "$work/stats" || fail "no statistics"
made=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/stats")
[ "${made:-0}" -ge "$moves" ] || fail "only ${made:-no} moves, $moves wanted"
[ "$most" = 0 ] || [ "$made" -le "$most" ] || fail "$made moves, at most $most wanted"
taken=$(awk '/^ *page faults/ { print $3 + $5 + $7 }' "$work/stats")
[ "${taken:-0}" -ge "$faults" ] || fail "only ${taken:-no} page faults, $faults wanted"
printf 'same output (%s bytes), exit status %s, %s moves\n' \
    "$(stat -c %s "$work/native.out")" "$status" "$made"
