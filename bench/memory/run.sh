#!/usr/bin/env bash
# What coherent memory costs: the tables of docs/performance.md, "Memory".
#
#   run.sh BUILD [quick]
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$build/bench/memory-work
popcorn=$build/bin/popcorn
mkdir -p "$out"
runs=$([ -n "${2:-}" ] && echo 3 || echo 9)

say() { printf '\n== %s\n' "$*"; }
# medians NAME: of each first word's second, over what is read
medians() {
    sort -k1,1 -k2,2n | awk '$1 != last { if (n) print last, v[int((n + 1) / 2)]; n = 0; last = $1 }
        { v[++n] = $2 } END { if (n) print last, v[int((n + 1) / 2)] }'
}

for p in stream; do
    "$build/bin/popcorn-clang" -O2 "$here/$p.c" -o "$out/$p"
done
# A node over TCP on this machine, for the rows that say so.
. "$root/tests/net/lib.sh"
tcp=
if start_node 0; then tcp=x86_64,x86_64@127.0.0.1:$port; fi
ways="x86_64,x86_64 x86_64,aarch64 $tcp"
named() { echo "${1/@127.0.0.1:*/ over TCP}"; }

say "256 MiB of remote memory read in order, MB/s: medians, and of the raw throughput between two processes"
for _ in $(seq "$runs"); do
    "$build/bench/popcorn-raw-stream" 256
    for nodes in $ways; do
        "$popcorn" run --nodes "$nodes" "$out/stream" 256 | sed "s|^stream|$(named "$nodes" | tr ' ' '_')|"
    done
done | medians | awk '{ v[$1] = $2; name[NR] = $1 }
    END { for (i = 1; i <= NR; i++) { r = name[i] ~ /TCP|tcp/ ? "raw-tcp" : "raw-socketpair"
        printf "%s\t%d\t%.2f\n", name[i], v[name[i]], v[name[i]] / v[r] } }'
