#!/usr/bin/env bash
# held.sh BUILD PROGRAM NODES: signals that come while the thread's node does not
# answer wait in the kernel, as many as there are, and are handled afterwards.
. "$(dirname "$0")/../../lib/driven.sh"

"$popcorn" run --place 1 --nodes "$nodes" "$program" >"$work/held.out" 2>"$work/err" &
pid=$!
is_ready() {
    grep -qs ready "$work/held.out" && "$popcorn" ps | grep -q "^ *$pid .* 1 ("
}
soon is_ready || fail "not ready on node 1"
agent=$(remote_agent) || fail "no agent of node 1"
member=$(pgrep -P "$agent")
kill -STOP "$member"
for ((i = 0; i < 300; i++)); do kill -40 $pid || fail "gone after $i signals"; done
sleep 0.3
kill -CONT "$member"
wait $pid || fail "exit status $?"
[ "$(tail -n 1 "$work/held.out")" = "handled 300" ] || fail "not all were handled"
