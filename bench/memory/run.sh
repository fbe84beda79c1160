#!/usr/bin/env bash
# What coherent memory costs: the tables of docs/performance.md, "Memory".
#
#   run.sh BUILD [quick]
. "$(dirname "$0")/../begin.sh"
out=$build/bench/memory-work
runs=$([ -n "$quick" ] && echo 3 || echo 9)

# medians NAME: of each first word's second, over what is read
medians() {
    sort -k1,1 -k2,2n | awk '$1 != last { if (n) print last, v[int((n + 1) / 2)]; n = 0; last = $1 }
        { v[++n] = $2 } END { if (n) print last, v[int((n + 1) / 2)] }'
}

compile "$out" stream contend scale grow sharers ../moves/pages
# A node over TCP on this machine, for the rows that say so.
. "$root/tests/lib/net.sh"
tcp=
if start_node 0; then tcp=$host,$host@127.0.0.1:$port; fi
ways="$node_pairs$tcp"
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

say "two threads on node 1 that read 64 MiB each in order: MB/s together, median"
for nodes in $node_pairs; do
    for _ in $(seq "$runs"); do
        "$popcorn" run --nodes $nodes "$out/stream" 64 2 | sed "s|^stream|$nodes|"
    done
done | medians

nodes_of() { # N: so many of this machine's
    yes "$host" | head -n "$1" | paste -sd,
}
# A yardstick's or program's words for its rows.
rows() { sed "s|^|$1_|"; }
in_us() { awk '{ printf "%s\t%.1f\n", $1, $2 / 1000 }'; }

say "a read fault and a write upgrade, us: medians"
for _ in $(seq "$runs"); do
    "$build/bench/popcorn-raw" 2000 | rows round-trip
    for way in block spin pinned; do
        "$build/bench/popcorn-raw-faults" 1024 $way | rows $way
    done
    for nodes in $node_pairs; do
        "$popcorn" run --nodes $nodes "$out/pages" 1024 | grep -v wrong | rows $nodes
    done
    "$popcorn" run --spin 1000000 --nodes "$host,$host" "$out/pages" 1024 | grep -v wrong |
        rows "$host,${host}_spin"
done | medians | in_us

say "two threads on two nodes and one page: us a hand-over (free: an addition), smaller share of the work"
for way in turns free mutex sem; do
    printf 'native %s\n' "$("$out/contend" 2 $way)"
    for nodes in $node_pairs; do
        printf '%s %s\n' $nodes "$("$popcorn" run --nodes $nodes "$out/contend" 2 $way)"
    done
done

say "independent work by 1, 2 and 4 threads, each on a node: ms, of native"
for threads in 1 2 4; do
    for _ in $(seq "$runs"); do
        "$out/scale" $threads 2000000 | rows native
        "$popcorn" run --nodes "$(nodes_of $((threads > 1 ? threads : 2)))" \
            "$out/scale" $threads 2000000 | rows popcorn
    done | medians | awk -v n=$threads '{ v[$1] = $2 } END { printf "%d\t%.1f\t%.1f\t%.3f\n", n,
        v["native_scale"], v["popcorn_scale"], v["popcorn_scale"] / v["native_scale"] }'
done

say "as memory grows: MiB, ms to start, first move, move back, fork with all of it away; us a read fault; KiB of directory"
free_mib=$(free -m | awk '$1 == "Mem:" { print $7 }')
: >"$out/grow.tsv"
for mib in 1 8 64 512 2048 8192; do
    [ $((mib / 8)) -lt "$free_mib" ] || continue
    for _ in $(seq $((runs / 3))); do
        "$popcorn" run --nodes "$host,$host" --stats="$out/stats" "$out/grow" $mib "$(date +%s%N)" |
            tr '\n' ' '
        awk '$1 == "directory" { print $2 }' "$out/stats"
    done | sort -n | awk -v m=$mib '{ l[NR] = $0 } END { print m, l[int((NR + 1) / 2)] }'
done | tr ' ' '\t' | tee "$out/grow.tsv"

say "as nodes grow: nodes, us a read fault, a write that all others have a copy of, a move"
for nodes in 2 3 4 6 8; do
    for _ in $(seq $((runs / 3))); do
        "$popcorn" run --nodes "$(nodes_of $nodes)" "$out/sharers" $nodes
    done | sort -n | awk -v n=$nodes '{ l[NR] = $0 } END { print n, l[int((NR + 1) / 2)] }'
done | tr ' ' '\t' | tee "$out/nodes.tsv"

"$here/plot.sh" "$out/grow.tsv" "MiB of shared memory" "start ms" "first move ms" "move back ms" \
    "fork ms" "read fault us" "directory KiB" >"$build/bench/grow.svg"
"$here/plot.sh" "$out/nodes.tsv" nodes "read fault us" "write us" "move us" >"$build/bench/nodes.svg"
echo "drawn: $build/bench/grow.svg $build/bench/nodes.svg"
