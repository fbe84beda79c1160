#!/usr/bin/env bash
# popcornd.sh BUILD CASE: the service of a node, its refusals and its end.
set -u
build=$1 case=$2
member=$build/tests/lib/test-member
. "$(dirname "$0")/../../lib/net.sh"
popcorn=$build/bin/popcorn popcornd=$build/bin/popcornd

# expect STATUS TEXT COMMAND...
expect() {
    local status=$1 text=$2 got
    shift 2
    timeout 300 "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got = "$status" ] || die "exit status $got, not $status: $*"
    [ -z "$text" ] || grep -qe "$text" "$work/err" "$work/out" || die "no '$text': $*"
}

case $case in
usage)
    expect 0 "usage: popcornd" "$popcornd" --help
    expect 0 "popcornd [0-9]" "$popcornd" --version
    expect 2 "unknown option --fly" "$popcornd" --fly
    expect 2 "wants a value" "$popcornd" --listen
    expect 2 "a number from 1" "$popcornd" --max 0
    expect 2 "unexpected 'x'" "$popcornd" x
    expect 125 "not ADDR:PORT" "$popcornd" --listen somewhere
    expect 125 "it exists already" "$popcornd" --make-key
    expect 125 "there is none" "$popcornd" --key "$work/none"
    expect 125 "runs x86_64" "$popcornd" --isa nothing64
    chmod 644 "$work/config/popcorn/key"
    expect 125 "mode 0600" "$popcornd"
    expect 125 "mode 0600" "$popcorn" run --nodes x86_64,@127.0.0.1:1 "$member" exit 0
    chmod 600 "$work/config/popcorn/key"
    echo abc >"$work/short"
    chmod 600 "$work/short"
    expect 125 "not a key" "$popcornd" --key "$work/short"
    start_node 1 || die "no node"
    expect 125 "Address already in use" "$popcornd" --listen "127.0.0.1:$port"
    ;;
moves)
    start_node 1 --isa aarch64 || die "no node"
    expect 0 "moves  *100 " "$popcorn" run --nodes "x86_64,aarch64@127.0.0.1:$port" \
        --stats "$member" bounce 50
    expect 0 "moves  *0 " "$popcorn" run --nodes "x86_64,@localhost:$port,127.0.0.1:$port" \
        --stats "$member" stress 500
    "$popcorn" run --nodes "x86_64,@127.0.0.1:$port" "$member" walk 1 2>"$work/err" &
    pid=$!
    soon test -S "$work/popcorn/$pid.sock" || die "no control socket"
    "$popcorn" nodes $pid | grep -q "1 *aarch64 *up .* 127.0.0.1:$port$" || die "nodes"
    "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
    kill -9 $pid
    nothing_left "home was killed"
    ;;
refusals)
    start_node 1 --isa aarch64 --max 1 || die "no node"
    node=127.0.0.1:$port
    expect 125 "runs aarch64" "$popcorn" run --nodes "x86_64,x86_64@$node" "$member" exit 0
    expect 2 "cannot be home" "$popcorn" run --nodes "@$node,x86_64" "$member" exit 0
    expect 2 "is not \[ISA@\]HOST" "$popcorn" run --nodes "x86_64,a-name-that-is-too-long@$node" "$member" exit 0
    expect 125 "is not HOST:PORT" "$popcorn" run --nodes x86_64,@::1:7 "$member" exit 0
    expect 125 "Connection refused; is popcornd" "$popcorn" run --nodes x86_64,@127.0.0.1:1 "$member" exit 0
    XDG_CONFIG_HOME=$work/other "$popcornd" --make-key >/dev/null
    expect 125 "the keys differ" "$popcorn" run --key "$work/other/popcorn/key" \
        --nodes "x86_64,@$node" "$member" exit 0
    grep -q "the caller does not have our key" "$work/node1.log" || die "no log line"
    # A program holds the one place there is.
    "$popcorn" run --nodes "x86_64,@$node" "$member" walk 5 2>/dev/null &
    pid=$!
    soon test -S "$work/popcorn/$pid.sock" || die "no control socket"
    expect 125 "it has 1 programs already" "$popcorn" run --nodes "x86_64,@$node" "$member" exit 0
    kill $pid
    nothing_left "a refused program"
    # Something that is no popcornd, and a popcornd of another version.
    for answer in 'HTTP/1.0 400 Bad request of eighty bytes at least, which is what a greeting has. And more.' \
        $'POPCORND\x63'; do
        python3 - "$answer" >"$work/fake" <<'END' &
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1], flush=True)
c = s.accept()[0]; c.recv(80)
c.sendall(sys.argv[1].encode().ljust(80, b"\0")); c.recv(200)
END
        soon test -s "$work/fake" || die "no server"
        text="is not Popcorn"
        [ "${answer:0:4}" = HTTP ] || text="another version"
        expect 125 "$text" "$popcorn" run --nodes "x86_64,@127.0.0.1:$(cat "$work/fake")" "$member" exit 0
        rm "$work/fake"
        wait $! 2>/dev/null
    done
    ;;
strangers)
    # Noise, silence and half a greeting: refused, in time, nothing left.
    start_node 1 --max 4 || die "no node"
    python3 - "$port" <<'END' || die "a stranger was served"
import os, socket, sys, time
port = int(sys.argv[1])
def say(data):
    s = socket.create_connection(("127.0.0.1", port), 20)
    try:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096): pass
    except OSError:
        pass
for i in range(30):
    say(os.urandom(1 + 37 * i))
greeting = b"POPCORND" + bytes(72)
for n in (1, 8, 40, 79, 80):
    say(greeting[:n])
silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
start = time.time()
for s in silent:
    s.settimeout(20)
    try:
        assert s.recv(1) == b""
    except ConnectionError:
        pass
assert time.time() - start < 15, "silence is not ended in time"
END
    nothing_left strangers
    expect 0 "" "$popcorn" run --nodes "x86_64,@127.0.0.1:$port" "$member" bounce 5
    ;;
text)
    # What a peer says is shown as text, before it has proved anything and after.
    strange=$(dirname "$0")/strange.py key=$work/config/popcorn/key
    shown='\\x1b\[2J\\x0aok\\x9b\\x0d\\x07'
    for when in greeting refusal request; do
        : >"$work/fake"
        python3 "$strange" server "$key" $when >"$work/fake" &
        for _ in $(seq 100); do [ -s "$work/fake" ] && break; sleep 0.05; done
        expect 125 "$shown" "$popcorn" run \
            --nodes "x86_64,@127.0.0.1:$(cat "$work/fake")" "$member" exit 0
        [ "$(grep -c . "$work/err")" = 1 ] || die "more than one line"
        wait $! || die "the server"
    done
    start_node 1 || die "no node"
    for when in greeting request; do
        python3 "$strange" client "$key" $when "$port" || die "the client"
        nothing_left $when
        grep -q -- "$shown" "$work/node1.log" || die "$when: not shown as text"
        ! grep -q $'[\x01-\x08\x0b-\x1f\x7f]' "$work/node1.log" || die "$when: raw"
        : >"$work/node1.log"
    done
    ;;
end)
    start_node 1 || die "no node"
    "$popcorn" run --nodes "x86_64,@127.0.0.1:$port" "$member" walk 100 2>"$work/err" &
    pid=$!
    soon test -S "$work/popcorn/$pid.sock" || die "no control socket"
    "$popcorn" migrate $pid 1 >/dev/null || die "migrate"
    kill -TERM "$daemon"
    wait "$daemon"
    [ $? = 0 ] || die "popcornd's exit status"
    wait $pid
    [ $? = 70 ] || die "the program's exit status"
    soon grep -q "took with it the program's thread" "$work/err" || die "no reason"
    nothing_left "SIGTERM"
    ;;
limits)
    # Out of descriptors: it says so, and serves again when there are some.
    (ulimit -n 9; exec "$popcornd" --listen 127.0.0.1:0 2>"$work/node1.log") &
    daemon=$!
    started+=("$daemon")
    soon listens "$work/node1.log" && [ -n "$port" ] || die "no node"
    timeout 300 "$popcorn" run --nodes "x86_64,@127.0.0.1:$port" "$member" bounce 5 2>"$work/err"
    status=$?
    [ $status != 124 ] || die "it hangs"
    [ $status = 0 ] || grep -q "popcorn: " "$work/err" || die "no reason"
    nothing_left "few descriptors"
    ;;
*) die "unknown case" ;;
esac
exit 0
