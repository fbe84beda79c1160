#!/usr/bin/env bash
# places.sh BUILD PROGRAM NODES: threads run where --place, `popcorn migrate`
# and popcorn_request_migration() put them, and `popcorn ps` says so.
. "$(dirname "$0")/../../lib/driven.sh"

# where LINE NODES: sends a line; main and the three threads must be there.
where() {
    local line
    echo "$1" >&3
    read -r -t 20 line <&4 || fail "no answer to '$1'"
    [ "$line" = "$2" ] || fail "after '$1': on $line, not on $2"
}

mkfifo "$work/in" "$work/out"
POPCORN_PLACE=0,1,2,1 "$popcorn" run --nodes "$nodes" "$program" \
    <"$work/in" >"$work/out" 2>"$work/err" &
pid=$!
exec 3>"$work/in" 4<"$work/out"
read -r -t 20 main one two three <&4 || fail "did not start"
where placed "0 1 2 1"

"$popcorn" ps >"$work/ps.out"
[ "$(grep -c "$pid/" "$work/ps.out")" = 4 ] || fail "ps: threads missing"
grep -q "^ *$pid/$two  2 (" "$work/ps.out" || fail "ps: thread $two not on 2"
"$popcorn" migrate "$pid/$one" 0 >"$work/one.out" || fail "migrate $one"
where one "0 0 2 1"
where "propose 2 2" "0 0 2 2"
"$popcorn" migrate "$pid" 1 >"$work/all.out" &
client=$!
sleep 0.3
echo all >&3
read -r -t 20 line <&4 || fail "no answer"
wait $client || fail "migrate of all"
where all "1 1 1 1"
"$popcorn" migrate "$pid/999999" 0 2>"$work/nobody.out" &&
    fail "moved a thread that is not there"
grep -q "no such thread" "$work/nobody.out" || fail "no message"
exec 3>&-
wait $pid || fail "exit status $?"
"$popcorn" run --place 0,7 --nodes "$nodes" "$program" 2>"$work/bad.out" &&
    fail "took a bad place"
grep -q "no node '7'" "$work/bad.out" || fail "no message about node 7"
