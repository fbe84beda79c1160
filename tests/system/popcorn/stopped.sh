#!/usr/bin/env bash
# stopped.sh BUILD CASE [NODES [TICK]]: processes of a program that are stopped
# (docs/dsm.md, "A process that is stopped"). TICK: how long a look takes, ms.
set -u
build=$1 case=$2 nodes=${3-x86_64,x86_64} tick=${4-100}
. "$(dirname "$0")/../../lib/net.sh"
. "$(dirname "$0")/agents.sh"
cp "$build/tests/system/popcorn/waits" "$work/waits" # a name that only these have
popcorn=$build/bin/popcorn
patience=$((15 + tick * 40 / 1000))
said=$patience # seconds until a line is there
[ "$tick" != 2000 ] || said=15 # looks as long as a user's

# freeze PROCESS: SIGSTOP, until the test has ended at the latest.
frozen=()
freeze() {
    frozen+=("$1")
    kill -STOP "$1"
}
trap 'kill -CONT "${frozen[@]}" 2>/dev/null; end_all' EXIT

# begin TICK ARGUMENT of waits...: sets pid, home, node, member.
begin() {
    : >"$work/out"
    [ "$1" = 2000 ] || export POPCORN_FAULT=tick=$1
    "$popcorn" run --nodes "$nodes" "$work/waits" "${@:2}" >"$work/out" 2>"$work/err" \
        </dev/null &
    pid=$!
    started+=("$pid")
    await "ready" grep -q ready "$work/out"
    await "the other node" find_parts
}
find_parts() {
    read -r home node <<<"$(agents)"
    [ -n "$node" ] && read -r member <<<"$(children_of "$node")"
}

# stop PROCESS TEXT: it is said, once.
stop() {
    local patience=$said # await's
    freeze $1
    await "$2" grep -q -- "$2" "$work/err"
    sleep 0.5
    [ "$(grep -c -- "$2" "$work/err")" = 1 ] || die "said more than once"
}

# ends STATUS TEXT: the program ends, with what it printed, and nothing is left.
ends() {
    local status
    await "its end" is_ended $pid
    wait $pid
    status=$?
    [ $status = "$1" ] || die "status $status, not $1"
    [ $status != 0 ] || grep -qx "done" "$work/out" || die "another output"
    [ -z "$2" ] || grep -q -- "$2" "$work/err" || die "no '$2'"
    all_gone "$case"
}

case $case in
agent)
    begin $tick away 100000
    stop $node "node 1 (.*): its agent (process $node) is stopped"
    ends 70 "its agent, process $node, was stopped too long.* the program's thread"
    ;;
agent-idle)
    begin $tick home 1000
    stop $node "node 1 (.*): its agent (process $node) is stopped"
    ends 0 "was stopped too long); the program goes on without it"
    ;;
agent-continued)
    begin 500 away 300
    stop $node "node 1 (.*): its agent (process $node) is stopped"
    kill -CONT $node
    ends 0 "is stopped"
    ;;
agent-at-end)
    # It ends with the program although it is stopped.
    begin 500 home 300
    freeze $node
    ends 0 ""
    ;;
member)
    begin $tick away 100000
    stop $member "node 1 (.*): its part of the program (process $member) is stopped"
    ends 70 "process $member, was stopped too long.* the program's thread"
    ;;
member-continued)
    begin 500 away 300
    stop $member "its part of the program (process $member) is stopped"
    kill -CONT $member
    ends 0 "is stopped"
    ;;
home-agent)
    begin $tick away 100000
    stop $home "the agent of this node is stopped .* process $home"
    ends 70 "the agent of this node ended.* is lost"
    ;;
home-agent-continued)
    begin 500 away 300
    stop $home "the agent of this node is stopped .* process $home"
    kill -CONT $home
    ends 0 "is stopped"
    ;;
home-agent-exit)
    # It is waited for once more, and the program ends as it would.
    begin $tick exit
    freeze $home
    kill -USR1 $pid
    await "the line" grep -q "the agent of this node is stopped" "$work/err"
    ends 0 "is stopped"
    ;;
home)
    # For three times the limit, with another part of the program, too.
    begin $tick away 300
    stop $pid "the program (process $pid) is stopped, and a thread"
    freeze "$member"
    sleep 9
    kill -0 $node && kill -0 $home || die "an agent has ended"
    ! grep -q "too long\|its part" "$work/err" || die "it was counted"
    kill -CONT $pid "$member"
    ends 0 "is stopped"
    ;;
home-idle)
    # Ctrl-Z of a program that nobody waits for is nobody's business.
    begin $tick home 200
    freeze $pid
    sleep 4
    kill -CONT $pid
    ends 0 ""
    [ ! -s "$work/err" ] || die "something was said"
    ;;
elsewhere)
    start_node 1 || die "no node"
    nodes=x86_64,@127.0.0.1:$port
    begin $tick away 100000
    stop $member "its part of the program (process $member at 127.0.0.1:$port) is"
    ends 70 "process $member, was stopped too long"
    ;;
*) die "unknown case" ;;
esac
