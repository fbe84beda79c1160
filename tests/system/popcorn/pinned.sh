#!/usr/bin/env bash
# pinned.sh POPCORN PROGRAM WHAT NODES REASON: a program that stays at home (pinned.c)
# answers `popcorn migrate` at once, with the reason, and its migration points
# are as cheap as before.
set -u
popcorn=$1 program=$2 what=$3 nodes=$4 reason=$5 pid=
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap '[ -z "$pid" ] || kill $pid 2>/dev/null; rm -rf "$work"' EXIT
die() { echo "FAILED: $*"; cat "$work/err"; exit 1; }

mkfifo "$work/in"
"$popcorn" run --nodes "$nodes" "$program" "$what" \
    <"$work/in" >"$work/out" 2>"$work/err" &
pid=$!
exec 3>"$work/in"
until grep -q ready "$work/out" && [ -S "$work/popcorn/$pid.sock" ]; do
    kill -0 $pid || die "no program"
    sleep 0.02
done
for _ in 1 2; do
    timeout 10 "$popcorn" migrate $pid 1 >"$work/answer" 2>&1
    status=$?
    [ $status = 1 ] || die "migrate: status $status, not 1: $(cat "$work/answer")"
    grep -q -- "not moved: .*$reason" "$work/answer" || die "$(cat "$work/answer")"
done
echo >&3
wait $pid || die "the program's status"
grep -qx "poll word 0" "$work/out" || die "$(cat "$work/out")"
