#!/usr/bin/env bash
# filtered.sh BUILD CASE: programs where a seccomp filter does not let agents use
# the system calls they would (filtered.c).
set -u
build=$1 case=$2
. "$(dirname "$0")/../../lib/net.sh"
. "$(dirname "$0")/agents.sh"
cp "$build/tests/lib/test-member" "$work/member" # a name that only these have
popcorn=$build/bin/popcorn member=$work/member
filtered=$build/tests/system/popcorn/filtered

# run STATUS FILTER... -- ARGUMENT of the member...
run() {
    local expected=$1 filter=() status
    shift
    while [ "$1" != -- ]; do filter+=("$1"); shift; done
    timeout 30 "$filtered" "${filter[@]}" -- "$popcorn" run \
        --nodes x86_64,x86_64 "$member" "${@:2}" >"$work/out" 2>"$work/err"
    status=$?
    [ $status = "$expected" ] || die "status $status, not $expected: ${filter[*]}"
    all_gone "${filter[*]}"
}

# start_walk FILTER...: a program that goes where it is asked to; sets pid.
start_walk() {
    "$filtered" "$@" -- "$popcorn" run --nodes x86_64,x86_64 "$member" \
        walk 1000 2>"$work/err" </dev/null &
    pid=$!
    started+=("$pid")
    await "a control socket" test -S "$work/popcorn/$pid.sock"
}

case $case in
ends)
    # An agent ends its member all the same, and with it itself.
    for error in EPERM ENOSYS; do
        run 0 $error pidfd_send_signal -- bounce 5
        run 0 $error pidfd_send_signal kill -- bounce 5
        run 139 $error pidfd_send_signal -- crash
    done
    ;;
killed)
    # The thread is lost, and the home member does not obey.
    start_walk EPERM pidfd_send_signal
    "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
    kill -STOP $pid
    kill -9 "$(agents | cut -d' ' -f2)"
    await "its end" is_ended $pid
    wait $pid
    [ $? = 137 ] || die "it was not killed"
    grep -q "did not end in time" "$work/err" || die "no reason"
    all_gone killed
    ;;
waits)
    for error in EPERM ENOSYS; do
        run 0 $error epoll_pwait2 -- bounce 50
        run 0 $error epoll_pwait2 pidfd_send_signal close_range -- stress 500
    done
    # With nothing to do an agent sleeps.
    start_walk EPERM epoll_pwait2
    "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
    read -r home node <<<"$(agents)"
    sleep 0.2
    for agent in $home $node; do
        before=$(awk '{ print $14 + $15 }' "/proc/$agent/stat")
        sleep 1
        used=$(($(awk '{ print $14 + $15 }' "/proc/$agent/stat") - before))
        [ $used -lt 20 ] || die "agent $agent used $used ticks in a second"
    done
    kill $pid
    wait $pid 2>/dev/null
    all_gone waits
    ;;
opened)
    # Without a pidfd the agents say so and end, and the program goes on at home.
    cp "$build/tests/system/popcorn/pinned" "$member"
    run 0 EPERM pidfd_open -- none </dev/null
    grep -qx "poll word 0" "$work/out" || die "another output"
    grep -q "cannot set up the program" "$work/err" || die "no reason"
    ;;
*) die "unknown case" ;;
esac
