#!/usr/bin/env bash
# faults.sh BUILD PROGRAM TYPES ACTIONS [NUMBER]: a program (its argument is NUMBER, 1)
# that moves, faults and calls while the connection misbehaves at each message type of
# TYPES, in each way of ACTIONS (relay.c). It moves a thousand times, for then some of
# its few calls come from away, whatever its environment adds to what it does first.
# `kill` kills the node's agent, `kill-member` its member,
# `kill-home` home's agent.
#
# The program ends within 20 s, either with the output it has natively or with
# status 70 and a reason; no process or socket is left. A fault that is not
# reached fails.
set -u
build=$1 program=$2 types=$3 actions=$4 number=${5-1}
. "$(dirname "$0")/../../lib/net.sh"
"$program.native" "$number" >"$work/native" || die "no native run"
start_node 1 || die "no node"

cat >"$work/kill.sh" <<END
case \$1 in
kill) kill -9 \$(cat /proc/$daemon/task/*/children) ;;
kill-member)
    for agent in \$(cat /proc/$daemon/task/*/children); do
        kill -9 \$(cat /proc/\$agent/task/*/children)
    done ;;
kill-home)
    for p in /proc/[0-9]*; do
        [ "\$(readlink "\$p/exe")" = "$build/lib/popcorn/popcorn-agent" ] || continue
        tr '\\0' '\\n' <"\$p/environ" | grep -qx XDG_RUNTIME_DIR=$work || continue
        [ "\$(awk '{ print \$4 }' "\$p/stat")" = $daemon ] || kill -9 "\${p#/proc/}"
    done ;;
esac
true
END

cases=0
for type in $types; do
    for action in $actions; do
        case $action in
        kill*) start_relay --at "$type:2" run "bash $work/kill.sh $action" ;;
        *) start_relay --at "${type/%HELLO/HELLO:1}" "$action" ;;
        esac
        [ "$type" != HELLO ] || [ "${action#kill}" = "$action" ] || continue
        begin=$SECONDS
        timeout -k 5 40 "$build/bin/popcorn" run --nodes "x86_64,@127.0.0.1:$relay_port" \
            --bounce 20 --bounce-limit 1000 "$program" "$number" \
            >"$work/out" 2>"$work/err" </dev/null
        status=$?
        what="$type $action: status $status after $((SECONDS - begin)) s"
        # The agents' last message comes after the program's end.
        soon test -e "$work/fired" || die "$what: not reached"
        [ $((SECONDS - begin)) -le 20 ] || die "$what: too long"
        case $status in
        0) cmp "$work/native" "$work/out" || die "$what: another output" ;;
        70) soon grep -q "popcorn: " "$work/err" || die "$what: no reason" ;;
        *) die "$what" ;;
        esac
        case $action in
        flip | long | garbage | repeat | drop | swap)
            # Damage is seen for what it is, by one side or the other.
            soon grep -qE "closed: message [0-9]+ (came|was damaged)" "$work/err" \
                "$work/node1.log" || die "$what: not noticed" ;;
        esac
        kill "$relay" 2>/dev/null
        # A killed agent cannot remove its socket; the next `popcorn ps` does.
        [ "$action" != kill-home ] || all_gone "$what"
        nothing_left "$what"
        kill -0 "$daemon" || die "$what: popcornd has ended"
        : >"$work/node1.log"
        echo "$what: $(head -n 1 "$work/err" | cut -c1-100)"
        cases=$((cases + 1))
    done
done
echo "$cases faults"
