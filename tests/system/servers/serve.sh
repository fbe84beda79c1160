#!/usr/bin/env bash
# A server keeps its connections, and answers each request rightly, while its
# threads go from node to node.
#
#   serve.sh BUILD LOAD NODES REQUESTS MOVES SERVER [ARGS...]
#
# SERVER prints the port it listens on first, or is told: @PORT in ARGS is a free
# one. LOAD (load.c) sends REQUESTS on each of 6 connections and checks every
# reply; it speaks memcached's protocol to a SERVER of that name. Meanwhile each thread
# that `popcorn ps` lists is sent from node to node, and --bounce moves those that
# compute. At least MOVES moves.
. "$(dirname "$0")/../../lib/driven.sh"
load=$2 requests=$4 moves=$5 server=$6
shift 6

port=
if [[ "$*" == *@PORT* ]]; then
    for ((port = 20000 + $$ % 20000; ; port++)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
fi
cd "$work" || exit
: >server.out
"$popcorn" run --nodes "$nodes" --bounce 5000 --poison --stats="$work/stats" \
    -- "$server" "${@//@PORT/$port}" >"$work/server.out" 2>"$work/err" &
pid=$!
serves() {
    [ -n "$port" ] || port=$(sed -n 1p "$work/server.out")
    [ -n "$port" ] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
soon serves || fail "the server does not listen"

protocol=()
[ "${server##*/}" != memcached ] || protocol=(memcached)
"$load" "$port" 6 "$requests" "${protocol[@]}" >"$work/load.out" 2>&1 &
client=$!
IFS=, read -ra list <<<"$nodes"
turn=0
while kill -0 $client 2>/dev/null; do
    while read -r thread; do
        # A thread that ended meanwhile, or that waits in a call, is no error.
        timeout 2 "$popcorn" migrate "$thread" $((turn++ % ${#list[@]})) \
            >"$work/migrate" 2>&1 || true
    done < <("$popcorn" ps | grep -o "$pid/[0-9]*")
    sleep 0.05
done
wait $client || fail "load generator"
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'shutdown\r\n' >&3
status=0
wait $pid || status=$?
[ $status = 0 ] || fail "exit status $status"
made=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/stats")
[ "${made:-0}" -ge "$moves" ] || fail "only ${made:-no} moves"
echo "$nodes: $(cat "$work/load.out"), $made moves"
