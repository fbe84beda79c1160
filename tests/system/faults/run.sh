#!/usr/bin/env bash
# run.sh BUILD STEPS reach            every fault point there is, is reached
# run.sh BUILD STEPS WAY ACTIONS [N [NODES]]
#                                     at each point that steps.c's WAY reaches,
#                                     before it and after it, the first time and
#                                     later: each action (of every Nth case)
#
# Points and actions: runtime/agent/fault_point.h. After a fault the program ends
# within 10 s: either with all its output, or with status 70, a beginning of
# its output and one line that says why. No process or socket is left.
set -u
build=$1 steps=$2 way=$3 actions=${4-} every=${5-1}
. "$(dirname "$0")/../../lib/net.sh"
cp "$steps" "$work/steps" # a name that only this test's processes have
steps=$work/steps
nodes=${6-x86_64,x86_64}
options=()
messages=$(dirname "$0")/../../../runtime/message/messages.def

# run FAULT WAY...: sets status, took; makes $work/out, $work/err
run() {
    local begin=$EPOCHREALTIME
    POPCORN_FAULT=$1 timeout -k 5 30 "$build/bin/popcorn" run --nodes "$nodes" \
        "${options[@]}" "$steps" "${@:2}" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    took=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $begin }")
}

# Until home's agent knows that the other node's member is stopped; that has, unlike
# home's, no arguments.
continue_member() {
    until grep -q "MEMBER_STOPPED reached" "$work/err"; do sleep 0.1; done
    kill -CONT "$(pgrep -fx "$steps")"
}

# The points that agents have said to have reached.
reached() { sed -n 's/^popcorn: fault point \(.*\) reached$/\1/p' "$@"; }

reach() {
    "$build/lib/popcorn/popcorn-agent" --fault-points | sort >"$work/all"
    # A message without a point is one that members alone take.
    for name in $(sed -n 's/^MESSAGE(\([A-Z_]*\), [0-9].*/\1/p' "$messages"); do
        case $name in
        THREAD_ARRIVE | THREAD_SEAT | DIE | *_ACK | TRACE) ;;
        *) grep -q "\.$name$" "$work/all" || unnamed="${unnamed-} $name" ;;
        esac
    done
    [ -z "${unnamed-}" ] || die "no fault point for$unnamed"
    : >"$work/log"
    options=(--stats="$work/stats") # or there is no STATS
    for way in one several pages; do
        run note $way
        cat "$work/err" >>"$work/log"
    done
    : >"$work/err"
    continue_member &
    run NODE.MEMBER.MEMBER_READY:after:stop,note,tick=500 one
    [ $status = 0 ] || die "stopped for a moment: status $status"
    cat "$work/err" >>"$work/log"
    run NODE.HOME.PAGE_REPLY:before:member,note one
    cat "$work/err" >>"$work/log"
    # Refusals need stacks of unlike size, heartbeats a connection over TCP.
    (ulimit -S -s 128 && exec "$build/bin/popcornd" --listen 127.0.0.1:0) \
        2>>"$work/node1.log" &
    daemon=$!
    started+=("$daemon")
    soon listens "$work/node1.log" && [ -n "$port" ] || die "no node"
    nodes=x86_64,@127.0.0.1:$port
    ulimit -S -s 1024
    run note deep 1 0 70000
    [ $status = 0 ] || die "refused at home: status $status"
    cat "$work/err" >>"$work/log"
    ulimit -S -s 65536
    run note deep 0 1 1100000
    [ $status = 0 ] || die "refused at a node: status $status"
    cat "$work/err" "$work/node1.log" >>"$work/log"
    reached "$work/log" | sort -u >"$work/reached"
    cmp "$work/all" "$work/reached" ||
        die "never reached:" $(comm -23 "$work/all" "$work/reached")
    echo "$(wc -l <"$work/all") points, all reached"
}

# check WHAT ACTION: what the last run left is right.
check() {
    local what="$1: status $status after $took s" said
    all_gone "$what" # agents speak when they can, at the latest before they end
    said=$(grep -v '^popcorn: fault point' "$work/err")
    case $status in
    0) cmp "$work/reference" "$work/out" || die "$what: another output" ;;
    70) [ "$(grep -c . <<<"$said")" = 1 ] || die "$what: not one reason" ;;
    137) [[ $1 = HOME.*:member:* ]] || die "$what" ;;
    *) die "$what" ;;
    esac
    [ -z "$(sort <<<"$said" | uniq -d)" ] || die "$what: a line comes twice"
    cmp -s -n "$(stat -c %s "$work/out")" "$work/reference" "$work/out" ||
        die "$what: the output is not a beginning of the right one"
    awk "BEGIN { exit !($took < 10) }" || die "$what: too long"
    case $1 in
    *:1) reached "$work/err" | grep -qxF "${1%%:*}" || die "$what: not reached" ;;
    esac
    ended[$status]=$((${ended[$status]-0} + 1))
    [ -z "${VERBOSE-}" ] || echo "$what: ${said%%$'\n'*}"
}

matrix() {
    local case=0 cases=0 point count when action nth
    declare -gA ended=()
    "$steps" "$way" >"$work/reference"
    run note "$way"
    [ $status = 0 ] || die "status $status without a fault"
    all_gone "no fault"
    reached "$work/err" | sort | uniq -c >"$work/points"
    while read -r count point; do
        for when in before after; do
            for nth in 1 $((count * 2 / 3)); do
                for action in $actions; do
                    [ "$nth" != 0 ] && ((case++ % every == 0)) || continue
                    run "$point:$when:$action:$nth" "$way"
                    check "$point:$when:$action:$nth"
                    cases=$((cases + 1))
                done
            done
        done
    done <"$work/points"
    echo "$cases faults; ended with status:" \
        $(for s in "${!ended[@]}"; do echo "$s: ${ended[$s]};"; done)
}

if [ "$way" = reach ]; then reach; else matrix; fi
