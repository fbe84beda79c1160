#!/usr/bin/env bash
# Compresses and decompresses a file through pipes with a corpus program that
# moves between ISAs while it works; compares with the native program.
#
#   pipes.sh BUILD NODES PROGRAM-PATH EVERY LIMIT MOVES SIZE_MB
#
# PROGRAM-PATH is relative to BUILD/corpora/<name>/{native,popcorn}, given as
# <name>/<path>. The program must take -c to compress and -d -c to decompress
# standard input to standard output (bzip2, minigzip).
set -euo pipefail
build=$1 nodes=$2 name=${3%%/*} path=${3#*/} every=$4 limit=$5 moves=$6 megabytes=$7
native=$build/corpora/$name/native/$path
program=$build/corpora/$name/popcorn/$path
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf 'FAIL: %s\n' "$*"; cat "$work"/*.err 2>/dev/null | head -20; exit 1; }

# Text, runs and noise, the same on every machine.
awk -v bytes="$((megabytes << 20))" 'BEGIN {
    seed = 42
    while (n < bytes) {
        seed = (seed * 16807) % 2147483647
        line = sprintf("%d %x %s", seed % 1000, seed, substr("the quick brown fox jumps over the lazy dog", 1 + seed % 20, 3 + seed % 17))
        n += length(line) + 1
        print line
    }
}' >"$work/plain"
truncate -s "$((megabytes << 20))" "$work/plain"

moving() { # moving STATS ARGS...
    local stats=$1
    shift
    "$build/bin/popcorn" run --nodes "$nodes" --bounce "$every" --bounce-limit "$limit" \
        --stats="$work/$stats" -- "$program" "$@" 2>"$work/$stats.err"
}
count() { sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/$1"; }

"$native" -c <"$work/plain" >"$work/native.packed"
cat "$work/plain" | moving pack -c | cat >"$work/packed" || fail "compression ended with an error"
cmp "$work/native.packed" "$work/packed" || fail "compressed data differ"
cat "$work/packed" | moving unpack -d -c | cat >"$work/unpacked" || fail "decompression ended with an error"
cmp "$work/plain" "$work/unpacked" || fail "decompressed data differ"
total_pack=$(count pack) total_unpack=$(count unpack)
[ "${total_pack:-0}" -ge "$moves" ] || fail "compression: only ${total_pack:-no} moves, $moves wanted"
[ "${total_unpack:-0}" -ge "$moves" ] || fail "decompression: only ${total_unpack:-no} moves, $moves wanted"
echo "same bytes both ways: $megabytes MiB, $total_pack + $total_unpack moves"
