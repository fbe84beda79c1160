#!/usr/bin/env bash
# namespaces.sh BUILD WAY NATIVE POPCORN [ARGS...] -- BOUNCE OPTIONS...
#
# Home and two nodes, each in a network namespace of its own, with a fourth
# between them: what crosses it is delayed, lost and held back. The program
# moves over all three (tests/lib/bounce.sh) and its output is the native one.
#
#   WAY   slow     each message 0 to 3 ms late, one in 200 for 40 ms
#         narrow   2 MiB/s each way
#         cut      slow, and one connection ends after 2 s: status 70 or the
#                  right output, nothing left
#
# Delay and loss come from netem where the kernel has it, else from relay.c.
# 77: no network namespaces or no veth for this user or kernel.
set -u
build=$1 way=$2
shift 2
program=()
while [ $# != 0 ] && [ "$1" != -- ]; do program+=("$1"); shift; done
shift
. "$(dirname "$0")/../../lib/net.sh"
home=pop$$h middle=pop$$m
spaces=("$home" "$middle" "pop$$a" "pop$$b")
remove() {
    end_all
    for space in "${spaces[@]}"; do ip netns del "$space" 2>/dev/null; done
}
trap remove EXIT
skip() { echo "skipped: $*"; exit 77; }

# join SPACE NET: SPACE has 10.87.NET.2, the middle 10.87.NET.1.
join() {
    ip netns add "$1" && ip -n "$1" link set lo up &&
        ip -n "$1" link add "v$2" type veth peer name "v$2" netns "$middle" &&
        ip -n "$1" addr add "10.87.$2.2/24" dev "v$2" &&
        ip -n "$middle" addr add "10.87.$2.1/24" dev "v$2" &&
        ip -n "$1" link set "v$2" up && ip -n "$middle" link set "v$2" up
}
ip netns add "$middle" 2>"$work/err" || skip "no network namespaces: $(cat "$work/err")"
join "$home" 0 && join "pop$$a" 1 && join "pop$$b" 2 || skip "no veth"

case $way in
slow | cut) hold=(--delay 3 --stall 200 40) netem=(delay 2ms 1ms loss 0.5%) ;;
narrow) hold=(--rate 2048) netem=(rate 16mbit) ;;
esac
how=netem
for net in 0 1 2; do
    ip netns exec "$middle" tc qdisc add dev "v$net" root netem "${netem[@]}" \
        2>/dev/null || how=relay
done
[ $how = relay ] || hold=()

# A key of its own for each side: the same bytes in another file.
cp -r "$XDG_CONFIG_HOME" "$work/nodes"
# serve SPACE NET ISA: popcornd there and its relay; adds to $nodes.
nodes=x86_64
serve() {
    XDG_CONFIG_HOME=$work/nodes ip netns exec "$1" "$build/bin/popcornd" \
        --listen "10.87.$2.2:7070" --isa "$3" 2>"$work/node$2.log" &
    started+=("$!")
    soon grep -qs "listens on" "$work/node$2.log" || die "no node"
    ip netns exec "$middle" "$build/tests/lib/relay" "10.87.$2.2:7070" "$work/fired" \
        --listen 10.87.0.1 "${hold[@]}" >"$work/relay$2" &
    relay=$!
    started+=("$relay")
    soon test -s "$work/relay$2" || die "no relay"
    nodes+=,$3@10.87.0.1:$(cat "$work/relay$2")
}
serve "pop$$a" 1 aarch64
serve "pop$$b" 2 x86_64

if [ "$way" = cut ]; then
    (sleep 2; kill $(children_of "$relay")) &
    timeout 300 ip netns exec "$home" "$build/bin/popcorn" run --nodes "$nodes" --bounce 3 \
        -- "${program[@]:1}" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    case $status in
    0) "${program[0]}" "${program[@]:2}" | cmp - "$work/out" || die "another output" ;;
    70) soon grep -q "took with it" "$work/err" || die "no reason" ;;
    *) die "status $status" ;;
    esac
    echo "cut: status $status, $(grep -o 'ended (.*)' "$work/err" | head -n 1)"
else
    ip netns exec "$home" "$(dirname "$0")/../../lib/bounce.sh" -b "$build" -n "$nodes" \
        "$@" "${program[@]}" || die "$way by $how"
    echo "$way by $how"
fi
for daemon in "${started[@]}"; do
    [ "$(cat "/proc/$daemon/comm" 2>/dev/null)" != popcornd ] || nothing_left "$way"
done
