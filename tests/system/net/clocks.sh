#!/usr/bin/env bash
# clocks.sh BUILD PROGRAM: threads move to a node whose machine was started at
# another time, and see home's clocks there.
set -u
build=$1 program=$2
node_prefix=(unshare -T -f --kill-child --monotonic 100000 --boottime 200000)
"${node_prefix[@]}" true 2>/dev/null || { echo "skipped: no time namespaces"; exit 77; }
. "$(dirname "$0")/../../lib/net.sh"
. "$(dirname "$0")/../../lib/isas.sh"
start_node 1 || die "no node"
for start in $(isas "$build"); do
    timeout 600 "$build/bin/popcorn" run --nodes "$start,@127.0.0.1:$port" \
        --bounce 3 --bounce-limit 500 --stats="$work/stats" "$program" \
        >"$work/out" 2>"$work/err" || die "from $start: exit status $?: $(cat "$work/out")"
    [ "$("$program.native")" = "$(cat "$work/out")" ] || die "from $start: output"
    [ "$(awk '$1 == "moves" { print $2 }' "$work/stats")" -gt 200 ] || die "few moves"
done
