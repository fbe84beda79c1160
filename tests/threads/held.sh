#!/usr/bin/env bash
# held.sh BUILD PROGRAM NODES: signals that come while the thread's node does not
# answer wait in the kernel, as many as there are, and are handled afterwards.
set -euo pipefail
popcorn=$1/bin/popcorn program=$2 nodes=$3
command -v qemu-aarch64 >/dev/null || { echo "no qemu-aarch64"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work

fail() {
    echo "FAILED: $*"
    cat "$work/out" "$work/err" 2>/dev/null
    exit 1
}

"$popcorn" run --place 1 --nodes "$nodes" "$program" >"$work/out" 2>"$work/err" &
pid=$!
for ((i = 0; i < 200; i++)); do
    grep -qs ready "$work/out" && "$popcorn" ps | grep -q "^ *$pid .* 1 (" && break
    sleep 0.05
done
# Node 1's agent has its member as a child; both were started for this run.
member=
for agent in $(pgrep -x popcorn-agent); do
    grep -qzx "XDG_RUNTIME_DIR=$work" "/proc/$agent/environ" 2>/dev/null || continue
    member+=$(pgrep -P "$agent") || true
done
[ -n "$member" ] || fail "no member on node 1"
kill -STOP "$member"
for ((i = 0; i < 300; i++)); do kill -40 $pid || fail "gone after $i signals"; done
sleep 0.3
kill -CONT "$member"
wait $pid || fail "exit status $?"
[ "$(tail -n 1 "$work/out")" = "handled 300" ] || fail "not all were handled"
