#!/usr/bin/env bash
# What a move costs: the tables of docs/performance.md, "Cost of a move".
#
#   run.sh BUILD [quick]
. "$(dirname "$0")/../begin.sh"
work=$build/bench/moves-work
requests=$([ -n "$quick" ] && echo 100 || echo 300)
gap_us=20000 # between requests: the pages of the last move have come (not bzip2's)
ulimit -s 65536 2>/dev/null || echo "the stack limit stays $(ulimit -s) KiB"

compile "$work" frames pages shuttle crowd loops

say "capture and rebuild, median us of a move by frames on the stack"
printf 'nodes\tframes\tcapture us\trebuild us\tus a frame\n'
for nodes in $node_pairs; do
    for depth in 1 10 100 1000 10000 100000; do
        moves=$([ $depth -ge 10000 ] && echo 20 || echo 200)
        "$popcorn" run --nodes $nodes --stats="$work/stats" "$work/frames" \
            $depth $moves >/dev/null
        awk -v n=$nodes -v f=$((depth + 3)) -v c="$(quantile "$work/stats" "  capture" 1)" \
            -v r="$(quantile "$work/stats" "  rebuild" 1)" \
            'BEGIN { printf "%s\t%d\t%.1f\t%.1f\t%.3f\n", n, f, c, r, (c + r) / f }'
    done
done

say "a page: median and p99 in us, against a raw round trip of its size"
"$build/bench/popcorn-raw" 5000 | awk '{ printf "%s\t%.1f\t%.1f\n", $1, $2 / 1000, $3 / 1000 }'
for nodes in $node_pairs; do
    "$popcorn" run --nodes $nodes "$work/pages" 1024 |
        awk -v n=$nodes '$1 != "wrong" { printf "%s %s\t%.1f\t%.1f\n", n, $1, $2 / 1000, $3 / 1000 }'
done

say "there and back with a working set: median and p99 in us of the round trip"
for nodes in $node_pairs; do
    for pages in 1 16 64; do
        "$popcorn" run --nodes $nodes "$work/shuttle" 400 $pages |
            awk -v n=$nodes -v p=$pages '$1 == "round-trip" { printf "%s, %d pages\t%.1f\t%.1f\n", n, p, $2 / 1000, $3 / 1000 }'
    done
done

say "the same with several threads, of which some move"
for nodes in $node_pairs; do
    for crowd in "1 1 400 1" "1 1 400 16" "4 0 200 1" "4 0 200 16"; do
        # shellcheck disable=SC2086  # THREADS IDLE COUNT PAGES
        "$popcorn" run --nodes $nodes "$work/crowd" $crowd |
            awk -v n="$nodes, $crowd" '{ printf "%s\t%.1f\t%.1f\n", n, $2 / 1000, $3 / 1000 }'
    done
done

say "a move: the first, there and back, median and p99 in us (target: one raw round trip + 100 us)"
"$build/bench/popcorn-raw" 5000 | awk '{ printf "%s\t%.1f\t%.1f\n", $1, $2 / 1000, $3 / 1000 }'
for nodes in $node_pairs; do
    "$popcorn" run --nodes $nodes "$work/shuttle" 1000 0 |
        awk -v n=$nodes '$1 != "round-trip" { printf "%s %s\t%.1f\t%.1f\n", n, $1, $2 / 1000, $3 / 1000 }'
done

# latency NODES LABEL COMMAND...: requests while the command computes
latency() {
    local nodes=$1 label=$2 pid socket
    shift 2
    "$popcorn" run --nodes "$nodes" --stats="$work/stats" "$@" >/dev/null 2>&1 &
    pid=$!
    socket=${XDG_RUNTIME_DIR:-/run/popcorn-none}/popcorn/$pid.sock
    for _ in $(seq 100); do
        [ -S "$socket" ] && break
        sleep 0.05
    done
    sleep 0.5
    answer=$("$build/bench/popcorn-ask" "$socket" "$requests" $gap_us) || answer="- - -"
    rm -f "$work/go"
    wait $pid || true
    set -- $answer
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$nodes" "$label" \
        "$(quantile "$work/stats" "from request" 1)" \
        "$(quantile "$work/stats" "from request" 2)" \
        "$(quantile "$work/stats" "  from poll word" 1)" \
        "$(quantile "$work/stats" "  from poll word" 2)" "$1" "$2"
}
say "to the capture from a request and from the poll word, to the answer of 'popcorn migrate', in us"
export XDG_RUNTIME_DIR=$work/runtime
mkdir -p "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
printf 'nodes\tprogram\trequest, median\tp99\tpoll word, median\tp99\tanswer, median\tp99\n'
for nodes in $node_pairs; do
    for kind in nest scan gather calls; do
        touch "$work/go"
        latency $nodes $kind "$work/loops" $kind "$work/go"
    done
done
lua=$build/corpora/lua/popcorn/src/lua bzip2=$build/corpora/bzip2/popcorn/bzip2
cat >"$work/go.lua" <<'LUA'
local go = ...
repeat
  local t = {}
  for i = 1, 20000 do t[i] = (i * 7919) % 10007 end
  table.sort(t)
  local f = io.open(go)
  if f then f:close() end
until not f
LUA
if [ -x "$lua" ]; then
    touch "$work/go"
    latency "$host,$host" "lua (sort)" "$lua" "$work/go.lua" "$work/go"
fi
if [ -x "$bzip2" ]; then
    head -c 60000000 /dev/urandom | od -An -tx1 -v >"$work/text"
    latency "$host,$host" bzip2 "$bzip2" -c "$work/text"
    requests=40 gap_us=400000
    latency "$host,$host" 'bzip2, 0.4 s apart' "$bzip2" -c "$work/text"
    rm -f "$work/text"
fi
