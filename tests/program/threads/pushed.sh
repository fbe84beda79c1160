#!/usr/bin/env bash
# pushed.sh BUILD PROGRAM NODES: the working sets of four threads that move at the
# same time go with them, each with its own; few pages are faulted for.
. "$(dirname "$0")/../../lib/driven.sh"

rounds=60 pages=16
"$popcorn" run --nodes "$nodes" --stats="$work/stats.out" "$program" \
    4 1 $rounds $pages >"$work/pushed.out" 2>"$work/err" ||
    fail "exit status $?"
pushed=$(awk '/pages pushed/ { print $3 }' "$work/stats.out")
faults=$(awk '/page faults/ { print $3 + $5 + $7 }' "$work/stats.out")
all=$((4 * 2 * rounds * pages))
echo "$all pages written away from where they were, $pushed pushed, $faults faults"
[ "$pushed" -ge $((all * 3 / 5)) ] || fail "$pushed pages of $all were pushed"
[ "$faults" -le $((all * 2 / 5)) ] || fail "$faults faults for $all pages"
