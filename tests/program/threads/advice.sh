#!/usr/bin/env bash
# advice.sh BUILD PROGRAM NODES: MADV_WILLNEED fetches pages ahead; pages given
# back with MADV_RELEASE outlive the node they were written on.
. "$(dirname "$0")/../../lib/driven.sh"

read_faults() { # read_faults ADVICE: of the run, whose output must be right
    "$popcorn" run --nodes "$nodes" --stats="$work/stats" "$program" "$1" \
        >"$work/$1.out" 2>"$work/err" || fail "$1: exit status $?"
    [ "$(cat "$work/$1.out")" = 16748800 ] || fail "$1: wrong sum"
    sed -n 's/^ *page faults *\([0-9]*\) read.*/\1/p' "$work/stats"
}
alone=$(read_faults random) ahead=$(read_faults willneed)
[ $((ahead * 8)) -lt "$alone" ] || fail "read faults: $alone, with advice $ahead"

# ended ADVICE: exit status after node 1 was killed with the thread at home.
ended() {
    local pid status=0 agent
    mkfifo "$work/$1.in"
    "$popcorn" run --nodes "$nodes" "$program" "$1" <"$work/$1.in" \
        >"$work/$1.out" 2>"$work/err" &
    pid=$!
    exec 3>"$work/$1.in"
    soon grep -qs home "$work/$1.out" || fail "$1: not back at home"
    agent=$(remote_agent) || fail "$1: no agent of node 1"
    kill -KILL "$agent"
    sleep 0.3
    (echo go >&3) 2>/dev/null || true # nobody may read it any more
    exec 3>&-
    wait $pid || status=$?
    echo "$status"
}
released=$(ended release)
[ "$released" = 0 ] || fail "released, exit status $released"
[ "$(tail -n 1 "$work/release.out")" = 16748800 ] || fail "wrong sum"
kept=$(ended keep)
[ "$kept" = 70 ] || fail "kept, exit status $kept"
echo "read faults $alone, $ahead with advice; node lost: $released released, $kept kept"
