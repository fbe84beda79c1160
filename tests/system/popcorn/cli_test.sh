#!/bin/bash
# cli_test.sh POPCORN MEMBER CASE: the command's behaviour around a program.
# MEMBER is the multi-ISA test member (tests/lib/member).
popcorn=$1 member=$2 case=$3 pid=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work
. "${0%/*}/../../lib/soon.sh"

die() {
    echo "FAILED: $*"
    cat "$work/err" 2>/dev/null
    [ -z "$pid" ] || kill "$pid" 2>/dev/null # ctest waits for it
    exit 1
}

# expect STATUS TEXT COMMAND...: exit status, one line on stderr with TEXT.
expect() {
    local status=$1 text=$2 got
    shift 2
    timeout 300 "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got -eq "$status" ] || die "exit status $got, not $status: $*"
    [ -z "$text" ] || grep -q -- "$text" "$work/err" || die "no '$text': $*"
    [ -z "$text" ] || [ "$(grep -c . "$work/err")" -eq 1 ] ||
        die "more than one line: $*"
}

# Starts a walking program on two native nodes; sets pid.
start_walk() {
    "$popcorn" run --nodes x86_64,x86_64 --stats="$work/stats" "$member" walk "$1" \
        2>"$work/err" </dev/null &
    pid=$!
    soon is_up || die "not up"
}
is_up() {
    [ -S "$work/popcorn/$pid.sock" ] && [[ $(agent_of 0) =~ ^[0-9]+$ ]] &&
        [[ $(agent_of 1) =~ ^[0-9]+$ ]]
}
# is_on NODE|moving: where the program's thread is
is_on() { "$popcorn" ps | grep -q "^ *$pid *$1\b"; }

# The process id of node NODE's agent or member (by the node's own file).
agent_of() {
    local p
    for p in /proc/[0-9]*; do
        [ "$(readlink "$p/exe" 2>/dev/null)" ] || continue
        case $(readlink "$p/exe") in */popcorn-agent) ;; *) continue ;; esac
        tr '\0' '\n' <"$p/environ" 2>/dev/null |
            grep -qx "XDG_RUNTIME_DIR=$work" || continue
        # home's agent listens, the other has a child
        if [ -n "$(cat "$p/task/"*/children 2>/dev/null)" ]; then
            [ "$1" = 1 ] && echo "${p#/proc/}"
        else
            [ "$1" = 0 ] && echo "${p#/proc/}"
        fi
    done
}

no_agents() { [ -z "$(agent_of 0)$(agent_of 1)" ]; }
no_agents_left() {
    soon no_agents || die "agents are left"
}

case $case in
status)
    for status in 0 1 7 255; do
        expect $status "" "$popcorn" run "$member" exit $status
    done
    no_agents_left
    ;;
usage)
    expect 2 "no command 'fly'" "$popcorn" fly
    "$popcorn" ps --help | grep -q "^usage: popcorn run" || die "ps --help"
    expect 2 "unknown option --fly" "$popcorn" run --fly "$member"
    expect 2 "wants a program" "$popcorn" run
    expect 2 "wants a value" "$popcorn" run --bounce
    expect 2 "wants a number" "$popcorn" run --bounce x "$member"
    expect 2 "at least 1" "$popcorn" run --bounce 0 "$member"
    expect 2 "at most 255" "$popcorn" run --bounce-each 256 "$member"
    expect 2 "there is no node 'sparc'" "$popcorn" run \
        --nodes x86_64,sparc "$member"
    expect 2 "there is no node '7'" "$popcorn" run --start 7 "$member"
    expect 2 "not a process id" "$popcorn" migrate x 1
    expect 125 "is not under" "$popcorn" migrate 1 1
    expect 2 "usage" "$popcorn" nodes
    ;;
program)
    expect 127 "no such program" "$popcorn" run ./not-there
    expect 127 "no such program" "$popcorn" run not-in-the-path-anywhere
    expect 126 "is a directory" "$popcorn" run "$work"
    cp /bin/true "$work/true"
    expect 126 "multi-ISA" "$popcorn" run "$work/true"
    echo hello >"$work/text"
    chmod +x "$work/text"
    expect 126 "ELF" "$popcorn" run "$work/text"
    head -c 5000 "$member" >"$work/short"
    chmod +x "$work/short"
    expect 126 "" "$popcorn" run "$work/short"
    cp "$member" "$work/bad"
    size=$(stat -c %s "$member")
    printf 'X' | dd of="$work/bad" bs=1 seek=$((size / 2)) conv=notrunc \
        status=none
    expect 126 "" "$popcorn" run "$work/bad"
    ;;
qemu)
    mkdir "$work/bin"
    expect 125 "qemu-user" env PATH="$work/bin" "$popcorn" run \
        --nodes x86_64,aarch64 "$member" exit 0
    ;;
permission)
    . "${0%/*}/../../lib/nobody.sh"
    cp "$member" "$work/member"
    become_nobody "${popcorn%/bin/popcorn}"
    export XDG_RUNTIME_DIR=
    expect 7 "unprivileged_userfaultfd" "${nobody[@]}" run \
        --nodes x86_64,x86_64 --bounce 1 "$work/member" exit 7
    ;;
trace)
    expect 0 "" "$popcorn" run --nodes x86_64,x86_64 --trace "$work/t.json" \
        "$member" bounce 50
    python3 - "$work/t.json" <<'END' || die "bad trace"
import json, sys
events = json.load(open(sys.argv[1]))
names = [e["name"] for e in events]
assert names.count("move") == 100, names.count("move")
assert names.count("system call") == 50
assert names.count("runs") >= 100
END
    # A program that is killed leaves a valid trace as well.
    "$popcorn" run --nodes x86_64,x86_64 --trace "$work/k.json" "$member" \
        k 2>/dev/null &
    pid=$!
    soon is_on 1 || die "not on node 1"
    kill -9 $pid
    wait $pid 2>/dev/null
    no_agents_left
    python3 -c 'import json,sys; json.load(open(sys.argv[1]))' \
        "$work/k.json" || die "bad trace after a kill"
    expect 125 "cannot write the trace" "$popcorn" run --trace /no/such/file \
        "$member" exit 0
    expect 0 "No space left on device" "$popcorn" run --trace /dev/full \
        "$member" exit 0
    ;;
crash)
    "$popcorn" run --nodes x86_64,x86_64 "$member" crash 2>"$work/err"
    [ $? -eq 139 ] || die "a crash away is not the program's crash"
    no_agents_left
    ;;
migrate)
    start_walk 3
    "$popcorn" nodes $pid | grep -q "^ *0 *x86_64 *up *home *thread" ||
        die "nodes"
    "$popcorn" ps | grep -q "^ *$pid *0 (x86_64) *0 " || die "ps"
    "$popcorn" migrate $pid 9 2>&1 | grep -q "no node '9'" || die "node 9"
    "$popcorn" migrate $pid 0 2>&1 | grep -q "already" || die "same node"
    "$popcorn" migrate $pid/$pid 1 | grep -q "moved to node 1 (x86_64) in" ||
        die "to 1"
    "$popcorn" ps | grep -q "^ *$pid *1 (x86_64) *1 " || die "ps away"
    "$popcorn" migrate $pid x86_64 | grep -q "moved to node 0" || die "back"
    "$popcorn" migrate $pid 1 >/dev/null
    "$popcorn" migrate $pid 0 >/dev/null
    wait $pid || die "exit status $?"
    no_agents_left
    # Both nodes have told of their two.
    for line in "from request" "  from poll word"; do
        grep -q "^  $line .* of 4$" "$work/stats" || die "$(cat "$work/stats")"
    done
    ;;
name)
    # A program's name reaches neither the terminal nor the protocol as it is.
    mkdir "$work/names"
    cp "$member" "$work/names/"$'a\e[31mb\nnode 9 (vax)'
    member=$work/names/$'a\e[31mb\nnode 9 (vax)'
    shown='/names/a\x1b[31mb\x0anode 9 (vax)'
    start_walk 2
    "$popcorn" ps | tee "$work/ps" | grep -F "0 (x86_64) " |
        grep -qF "$shown" || die "ps: $(cat -v "$work/ps")"
    [ "$(grep -c . "$work/ps")" = 2 ] || die "ps: $(cat -v "$work/ps")"
    "$popcorn" migrate $pid 1 >/dev/null && "$popcorn" migrate $pid 0 >/dev/null ||
        die "migrate"
    wait $pid || die "exit status $?"
    head -n 1 "$work/stats" | grep -qF "$shown" || die "$(cat -v "$work/stats")"
    ;;
stopped)
    # An agent that does not answer keeps nobody waiting.
    start_walk 102
    agent=$(agent_of 0)
    kill -STOP "$agent"
    timeout 60 "$popcorn" ps | grep -q "^ *$pid *does not answer" || die "ps"
    expect 125 "does not answer" "$popcorn" nodes $pid
    kill -CONT "$agent"
    "$popcorn" ps | grep -q "^ *$pid *0 (x86_64)" || die "ps afterwards"
    kill $pid
    no_agents_left
    ;;
home-killed)
    # 101: no other test's member has these arguments.
    start_walk 101
    "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
    kill -9 $pid
    wait $pid 2>/dev/null
    no_agents_left
    no_member() { ! pgrep -f "^$member walk 101" >/dev/null; }
    soon no_member || die "a member is left"
    ;;
node-killed-idle)
    # Thread at home, nothing away: the program goes on without the node.
    start_walk 2
    kill -9 "$(agent_of 1)"
    soon grep -q "goes on without it" "$work/err" || die "no message"
    "$popcorn" migrate $pid 1 2>&1 | grep -q "node 1 has ended" || die "down"
    kill $pid
    no_agents_left
    ;;
node-killed-with-thread)
    start_walk 100
    "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
    kill -9 "$(agent_of 1)"
    wait $pid
    [ $? -eq 70 ] || die "not 70"
    no_agents_left # agents speak when they can, at the latest before they end
    grep -q "took with it the program's thread" "$work/err" || die "text"
    ;;
node-killed-in-move)
    # Warm up, so that pages are pushed ahead of the move; then the target's
    # agent is stopped, the thread leaves for it, and it dies.
    start_walk 1000
    for _ in 1 2 3; do
        "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
        "$popcorn" migrate $pid 0 >/dev/null || die "migrate"
    done
    node=$(agent_of 1)
    kill -STOP "$node"
    "$popcorn" migrate $pid 1 >"$work/out" 2>&1 &
    client=$!
    soon is_on moving || die "it does not leave"
    kill -9 "$node"
    wait $client
    grep -q "the node died during the move" "$work/out" ||
        die "$(cat "$work/out")"
    wait $pid
    [ $? -eq 42 ] || die "the program did not go on"
    no_agents_left
    ;;
garbage)
    "$popcorn" run --nodes x86_64,x86_64 "$member" garbage 2>"$work/err"
    [ $? -eq 97 ] || die "the connection was not closed"
    no_agents_left
    grep -q "not a Popcorn message" "$work/err" || die "no reason"
    ;;
*)
    die "unknown case $case"
    ;;
esac
exit 0
