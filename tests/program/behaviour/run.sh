#!/usr/bin/env bash
# A program under `popcorn run` behaves as its native build does: what it sees,
# what it prints, how it ends, and what is left afterwards.
#
#   run.sh build BUILD
#   run.sh BUILD OBSERVE CASE WAY
#
# WAY is how the popcorn build runs:
#   alone      without `popcorn run`
#   home       under it, not moving
#   bounce     moving at each of its first 40 migration points
#   away       on node 1 from the start
# home-arm, bounce-arm, away-arm: the same, started on the AArch64 node.
# Each case runs the native build first; the results must be the same.
set -u
here=$(cd "$(dirname "$0")" && pwd)
if [ "$1" = build ]; then
    work=$2/tests/program/behaviour
    mkdir -p "$work" || exit 1
    "$2/bin/popcorn-clang" -O2 -o "$work/program" "$here/program.c" || exit 1
    exec "${CC:-cc}" -O1 -w -pthread -o "$work/native" "$here/program.c"
fi
build=$1 observe=$2 case=$3 way=$4
popcorn=$build/bin/popcorn
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work/run
mkdir "$work/run"
cp "$build/tests/program/behaviour/program" "$work/program"
cp "$build/tests/program/behaviour/native" "$work/native"
program=$work/program
. "$here/../../lib/soon.sh"
cd "$work" || exit 1

fail() {
    echo "FAILED: $case, $way: $*"
    for file in native popcorn; do
        for kind in out err status; do
            [ -s "$work/$file.$kind" ] &&
                head -c 600 "$work/$file.$kind" | sed "s/^/  $file.$kind: /"
        done
    done
    exit 1
}

export TEST_PARENT=
case $way in
*-arm) nodes=(--nodes "aarch64,x86_64") ;;
*) nodes=(--nodes "x86_64,aarch64") ;;
esac
case $way in
alone) command=("$program") ;;
home*) command=("$popcorn" run "${nodes[@]}" "$program") ;;
bounce*)
    export TEST_MOVES=1
    command=("$popcorn" run "${nodes[@]}" --bounce 1 --bounce-limit 40
        "$program") ;;
away*)
    export TEST_MOVES=1 TEST_AWAY=1
    command=("$popcorn" run "${nodes[@]}" "$program") ;;
*) fail "unknown way" ;;
esac

# Nobody of this test's is left: agents, members, sockets.
nothing_left() { soon is_clean || fail "left behind: $left"; }
is_clean() {
    left=$(grep -lsaF "$work/run" /proc/[0-9]*/environ 2>/dev/null |
        while read -r file; do
            case $(readlink "${file%/environ}/exe") in
            */popcorn-agent | */qemu-* | "$work"/*) echo "$file" ;;
            esac
        done
        grep -lsaF "$program" /proc/[0-9]*/cmdline 2>/dev/null |
            while read -r file; do
                case $(readlink "${file%/cmdline}/exe") in
                */qemu-* | "$work"/* | */popcorn*) echo "$file" ;;
                esac
            done
        find "$work/run" -type s)
    [ -z "$left" ]
}

# QEMU has a line of its own when its guest dies of a signal that dumps core.
without_qemu() {
    sed -i -z 's/qemu: uncaught target signal[^\n]*\n//g' "$@"
}

# compare INPUT ARGUMENTS...: both builds, their output, errors and status.
compare() {
    local input=$1 which
    shift
    for which in native popcorn; do
        rm -f "$work/$which.status"
        TEST_PARENT=
        if [ $which = native ]; then
            timeout 600 "$observe" status "$work/native.status" "$work/native" \
                "$@" <"$input" >"$work/native.out" 2>"$work/native.err"
        else
            timeout 600 "$observe" status "$work/popcorn.status" \
                "${command[@]}" "$@" <"$input" >"$work/popcorn.out" \
                2>"$work/popcorn.err"
        fi || fail "$which $*: no end in 600 s"
    done
    without_qemu "$work/popcorn.err"
    for which in status out err; do
        cmp -s "$work/native.$which" "$work/popcorn.$which" ||
            fail "$* : $which differs"
    done
}

# observed KIND STEP... -- ARGUMENTS...: the same, seen by observe.
observed() {
    local kind=$1 steps=() which
    shift
    while [ "$1" != -- ]; do
        steps+=("$1")
        shift
    done
    shift
    rm -f "$work"/{native,popcorn}.*
    "$observe" "$kind" "$work/native.status" "${steps[@]}" -- \
        "$work/native" "$@" >"$work/native.out" 2>"$work/native.err" </dev/null ||
        fail "native $*"
    "$observe" "$kind" "$work/popcorn.status" "${steps[@]}" -- \
        "${command[@]}" "$@" >"$work/popcorn.out" 2>"$work/popcorn.err" \
        </dev/null || fail "$*"
    without_qemu "$work/popcorn.out" "$work/popcorn.err"
    for which in status out err; do
        cmp -s "$work/native.$which" "$work/popcorn.$which" ||
            fail "$* : $which differs"
    done
}

case $case in
streams)
    seq 5000 >lines
    printf 'unfinished' >>lines
    compare lines lines
    compare /dev/null lines
    printf 'a\0b\n\n' >short
    compare short copy 1
    head -c 300000 "$program" >bytes
    compare bytes copy 1000
    compare bytes copy 65536
    # A pipe in, a pipe out, in a pipeline: more than a pipe holds.
    head -c 1000000 "$program" >bytes
    cat bytes | "${command[@]}" copy 8192 | cat >piped || fail "pipeline"
    cmp -s bytes piped || fail "pipeline: bytes differ"
    # Partial lines that come one by one are there when they are written.
    (printf 'part'; sleep 0.3; printf 'ial\nrest') |
        "${command[@]}" lines >partial || fail "partial lines"
    [ "$(cat partial)" = "$(printf '1:partial\n2:restend 1 0')" ] ||
        fail "partial lines"
    # Appending, and a position shared with the next program.
    (head -c 10 bytes >in; "${command[@]}" copy 3 <in >out
        "${command[@]}" copy 3 <in >>out; "${command[@]}" end 0 x >>out)
    [ "$(head -c 20 out | md5sum)" = "$(cat in in | md5sum)" ] || fail "append"
    tail -c 10 out | grep -q unfinished || fail "unfinished line"
    ;;
closed)
    "${command[@]}" produce 100000 2>err | head -c 5 >out
    status=("${PIPESTATUS[@]}")
    [ "${status[0]}" = 141 ] || fail "SIGPIPE: status ${status[0]}"
    [ ! -s err ] || fail "SIGPIPE: $(cat err)"
    "${command[@]}" produce 100000 ignore 2>err | head -c 5 >out
    status=("${PIPESTATUS[@]}")
    [ "${status[0]}" = 4 ] || fail "EPIPE: status ${status[0]}"
    grep -q "Broken pipe" err || fail "EPIPE: $(cat err)"
    "${command[@]}" produce 1000 >/dev/full 2>err
    [ $? = 4 ] && grep -q "No space left" err || fail "full device"
    "${command[@]}" lines <&- >out || fail "closed input: $?"
    grep -q "^end 0 1" out || fail "closed input: $(cat out)"
    ;;
status)
    for status in 0 1 2 70 125 126 127 128 139 255; do
        compare /dev/null end $status
    done
    compare /dev/null end 3 unfinished
    ;;
every-status)
    for status in $(seq 0 255); do
        "${command[@]}" end "$status"
        [ $? = "$status" ] || fail "exit status $? instead of $status"
    done
    ;;
death)
    # Signals by number, then what a processor, abort() and the like raise.
    for number in 1 2 3 6 9 11 13 14 15 24; do
        compare /dev/null end-by $number
    done
    # These are delivered to nobody, or ignored.
    compare /dev/null end-by 17
    compare /dev/null end-by 28
    compare /dev/null end-by abort
    compare /dev/null end-by write
    compare /dev/null end-by jump
    ;;
fault-handler) compare /dev/null fault-handler ;;
signals)
    # Default actions, from outside: to the process and to its group.
    for what in compute sleep; do
        observed signals expect:ready wait:100 kill:15 end -- victim $what
        observed signals expect:ready kill:9 end -- victim $what
    done
    observed signals expect:ready group:2 end -- victim compute
    observed signals expect:ready kill:20 stopped wait:50 kill:18 wait:50 \
        kill:1 end -- victim compute
    observed signals expect:ready kill:19 stopped kill:18 kill:10 end -- \
        victim sleep
    # Handlers.
    for what in "compute restart" "sleep restart" compute sleep; do
        # shellcheck disable=SC2086 # two words
        observed signals expect:ready kill:2 expect:Interrupt kill:10 \
            "expect:signal 1" kill:1 expect:Hangup kill:20 expect:caught \
            kill:18 expect:Continued kill:19 stopped kill:18 \
            expect:Continued kill:15 expect:Terminated end -- catcher $what
    done
    ;;
terminal)
    # A line, an erased character, a new size, end of input.
    observed terminal "expect:front 1" "send:hello~" "expect:got hello" \
        size:30x100 "expect:signal 28 size 30x100" "send:raw~" \
        "expect:now raw" send:k "expect:key k" send:^D \
        "expect:end of input" "expect:<exited 5>" end -- terminal
    # Ctrl-C and Ctrl-\ end it; Ctrl-Z stops it, and it goes on.
    observed terminal "expect:front 1" send:^C "expect:<signal 2>" end -- \
        terminal
    observed terminal "expect:front 1" 'send:^\' "expect:<signal 3>" end -- \
        terminal
    observed terminal "expect:front 1" send:^Z "expect:<stopped 20>" \
        "expect:<continued>" "send:more~" "expect:got more" send:^C "expect:<signal 2>" \
        end -- terminal
    observed terminal "expect:ready" send:^Z "expect:<stopped 20>" \
        "expect:<continued>" send:^C "expect:<signal 2>" end -- victim compute
    # The same keys with handlers.
    observed terminal "expect:front 1" send:^C "expect:signal 2 size" \
        send:^Z "expect:signal 20 size" "send:x~" "expect:got x" send:^D \
        "expect:<exited 5>" end -- terminal handlers
    ;;
environment)
    export "ODD=a=b " LD_LIBRARY_PATH=/nowhere EMPTY=
    compare /dev/null environment one "two words" "" '*' --bounce -v
    # LD_PRELOAD is the user's own (a native static program ignores it).
    LD_PRELOAD='' compare /dev/null environment
    compare /dev/null replace sh -c 'echo "$0 $#"; exit 12' a b
    compare /dev/null replace env
    compare /dev/null replace "$work/native" environment x
    # An environment of nothing, and no arguments but its own name.
    env -i TEST_PARENT=1 XDG_RUNTIME_DIR="$XDG_RUNTIME_DIR" PATH="$PATH" \
        ${TEST_AWAY+TEST_AWAY=1} "${command[@]}" environment >out || fail "env -i"
    [ "$(grep -vc -e PATH= -e TEST_ -e XDG_ out)" = 0 ] || fail "$(cat out)"
    ;;
place)
    mkdir place && cd place || exit 1
    for which in native popcorn; do
        if [ $which = native ]; then
            set -- "$work/native"
        else
            set -- "${command[@]}"
        fi
        (
            umask 027
            trap '' HUP USR2
            exec 5<"$program" 7>>"$work/appended" 9<>"$work/both"
            TEST_PARENT=$BASHPID
            export TEST_PARENT
            "$observe" status "$work/$which.status" "$@" place \
                >"$work/$which.out" 2>"$work/$which.err" </dev/null
        )
    done
    cmp "$work/native.out" "$work/popcorn.out" || fail "place"
    grep -q "descriptor 9" "$work/native.out" || fail "the test itself"
    ;;
shell)
    # A script, a loop, in the background, in a substitution, nested.
    cat >script <<'END'
n=0
for i in 1 2 3; do
    n=$((n + $("$@" end $i >/dev/null; echo $?)))
done
"$@" victim sleep >/dev/null &
pid=$!
sleep 1
kill $pid
wait $pid
echo "$n $?"
printf 'x\ny\n' | while read -r line; do
    echo "$line" | "$@" copy
done
"$@" end 0 && echo yes || echo no
"$@" end 1 && echo yes || echo no
(exec "$@" end 9)
echo $?
END
    sh script "$work/native" >native.out 2>native.err </dev/null
    sh script "${command[@]}" >popcorn.out 2>popcorn.err </dev/null
    # The shell names the signal only if the program is still there when it
    # waits; "death" and "signals" observe by which signal it ends.
    sed -i /^Terminated$/d native.err popcorn.err
    cmp native.out popcorn.out && cmp native.err popcorn.err || fail script
    # A program that starts itself under popcorn.
    out=$("${command[@]}" replace "${command[@]}" lines <script) ||
        fail "nested"
    [ "$out" = "$("$work/native" lines <script 2>/dev/null)" ] ||
        fail "nested output"
    ;;
children) compare /dev/null children ;;
threads) compare /dev/null threads ;;
together)
    mkfifo in out
    case $way in
    *-arm) three=aarch64,x86_64,aarch64 ;;
    *) three=x86_64,aarch64,x86_64 ;;
    esac
    "$popcorn" run --nodes $three "$program" together <in >out 2>popcorn.err &
    pid=$!
    exec 3>in 4<out
    read -r -t 60 line <&4
    [ "$line" = ready ] || fail "not ready"
    "$popcorn" migrate $pid 2 >popcorn.out 2>&1 &
    client=$!
    while kill -0 $client 2>/dev/null; do
        sleep 0.1
        echo >&3
    done
    wait $client || fail "popcorn migrate: exit status $?"
    exec 3>&-
    wait $pid || fail "exit status $?"
    read -r -t 60 line <&4
    [ "$line" = moved ] || fail "did not move together"
    ;;
*) fail "unknown case" ;;
esac
nothing_left
exit 0
