#!/usr/bin/env bash
# What goes wrong around a program built by popcorn-clang: each case gets one
# message and the right exit status, and a program that can go on does.
#
#   run.sh build BUILD
#   run.sh BUILD CASE
#
# README.md lists the cases and where each is tested.
set -u
here=$(cd "$(dirname "$0")" && pwd)
if [ "$1" = build ]; then
    mkdir -p "$2/tests/system/bad-input" || exit 1
    exec "$2/bin/popcorn-clang" -O2 -o "$2/tests/system/bad-input/program" \
        "$here/program.c"
fi
build=$1 case=$2
bin=$build/bin lib=$build/lib/popcorn
popcorn=$bin/popcorn
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_RUNTIME_DIR=$work
. "$here/../../lib/soon.sh"
if [ -e "$build/tests/system/bad-input/program" ]; then
    cp "$build/tests/system/bad-input/program" program
fi

fail() {
    echo "FAILED: $case: $*"
    for file in out err printed said client; do
        [ -s $file ] && tail -n 4 $file | sed "s/^/  $file: /"
    done
    exit 1
}

# expect STATUS TEXT COMMAND...: exit status; one line on standard error, which
# has TEXT and names the command; nothing on standard output.
expect() {
    local status=$1 text=$2 got
    shift 2
    timeout 300 "$@" >out 2>err </dev/null
    got=$?
    [ $got -eq "$status" ] || fail "exit status $got, not $status: $*"
    grep -q -e "$text" err || fail "no '$text': $*"
    [ "$(grep -c . err)" -eq 1 ] || fail "more than one line: $*"
    [ ! -s out ] || fail "standard output: $*"
}
# The same of programs that add their usage.
expect_usage() {
    local status=$1 text=$2 got
    shift 2
    timeout 300 "$@" >out 2>err </dev/null
    got=$?
    [ $got -eq "$status" ] || fail "exit status $got, not $status: $*"
    head -1 err | grep -q -e "$text" || fail "no '$text': $*"
}

# The program's answers are numbers that must come in order.
start_program() {
    "$popcorn" run "$@" >printed 2>said </dev/null &
    pid=$!
    soon has_started || fail "not started: $*"
    kill -0 $pid 2>/dev/null || fail "ended: $*"
}
has_started() {
    has_ended || { [ -S "popcorn/$pid.sock" ] && grep -q . printed; }
}
has_ended() { ! kill -0 $pid 2>/dev/null; }

# wait_program STATUS [OTHER]: its end.
wait_program() {
    local got
    soon has_ended || { kill -9 $pid; fail "it does not end"; }
    wait $pid 2>/dev/null
    got=$?
    [ $got -eq "$1" ] || [ $got -eq "${2-$1}" ] ||
        fail "exit status $got, not $*"
}

goes_on() {
    local before
    before=$(wc -l <printed)
    soon has_printed "$before" || fail "the program does not go on"
}
has_printed() { [ "$(wc -l <printed)" -gt "$1" ]; }

numbers_right() {
    awk '$1 != NR - 1 { exit 1 }' printed || fail "wrong output"
}

one_message() {
    [ "$(grep -c . said)" -eq 1 ] || fail "$(grep -c . said) messages"
    grep -q "$1" said || fail "no '$1'"
}

is_clean() {
    ! grep -lsaF "XDG_RUNTIME_DIR=$work" /proc/[0-9]*/environ 2>/dev/null |
        while read -r file; do
            readlink "${file%/environ}/exe"
        done | grep -q -e popcorn-agent -e qemu-aarch64 &&
        [ -z "$(ls popcorn 2>/dev/null)" ]
}
nothing_left() { soon is_clean || fail "agents or sockets are left"; }

# Sets agent and member: of the remote node.
find_remote() { soon is_remote_found || fail "no remote node"; }
is_remote_found() {
    local file
    agent='' member=''
    for file in $(grep -lsaF "XDG_RUNTIME_DIR=$work" /proc/[0-9]*/environ); do
        case $(readlink "${file%/environ}/exe") in
        */popcorn-agent)
            file=${file%/environ}
            member=$(cat "$file/task/"*/children 2>/dev/null)
            member=${member%% *}
            [ -n "$member" ] && agent=${file#/proc/} && return ;;
        esac
    done
    return 1
}
said_something() { grep -q . said; }

# --- multi-ISA binaries made wrong on purpose (docs/formats.md) ---

section() { # FILE NAME: "offset size"
    readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' |
        awk -v name="$2" '$1 == name { print $4, $5 }' |
        while read -r offset size; do echo $((16#$offset)) $((16#$size)); done
}
bytes_at() { tail -c +$(($2 + 1)) "$1" | head -c "$3"; }
put_hex() { # FILE OFFSET HEX
    # shellcheck disable=SC2059 # the format is the bytes
    printf "$(printf %s "$3" | sed 's/../\\x&/g')" |
        dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
hex() { od -An -v -tx1 | tr -d ' \n'; }

# seal FILE: checksums of the other image and of the manifest, so that only what
# is wrong inside can be found.
seal() {
    local image manifest
    read -ra image <<<"$(section "$1" .popcorn.image.aarch64)"
    read -ra manifest <<<"$(section "$1" .popcorn.manifest)"
    put_hex "$1" $((manifest[0] + 152 + 72 + 40)) \
        "$(bytes_at "$1" "${image[0]}" "${image[1]}" | sha256sum | head -c 64)"
    put_hex "$1" $((manifest[0] + 120)) "$(printf '00%.0s' $(seq 32))"
    put_hex "$1" $((manifest[0] + 120)) "$(
        bytes_at "$1" "${manifest[0]}" "${manifest[1]}" | sha256sum |
            head -c 64)"
}

case $case in
options)
    echo 'int main(void) { return 0; }' >ok.c
    expect 2 "unknown option --bad of .popcorn run.*--help" \
        "$popcorn" run --bad x
    expect 2 "no command '--bad'" "$popcorn" --bad
    expect 2 "takes no arguments" "$popcorn" ps --bad
    expect 2 "not a process id" "$popcorn" nodes --bad
    expect 2 "not a process id" "$popcorn" migrate --bad 1
    expect 1 "--bad" "$bin/popcorn-clang" --bad -c ok.c
    expect_usage 1 "unrecognized option '--bad'" "$bin/popcorn-dump" --bad x
    expect 1 "unknown argument '--bad'" "$bin/popcorn-nm" --bad
    expect_usage 1 "unknown option" "$bin/popcorn-ar" --bad
    expect 1 "Invalid option" "$bin/popcorn-ranlib" --bad
    expect 2 "unknown option --bad.*--help" "$lib/popcorn-align" --bad
    expect_usage 2 "needed" "$lib/popcorn-pack" --bad
    expect 2 "unknown option '--bad'.*--help" "$lib/popcorn-codegen" --bad
    expect_usage 1 "unrecognized option '--bad'" "$lib/popcorn-framemap" --bad
    expect 2 "not by hand" "$lib/popcorn-agent" --bad
    expect 1 "unknown option" "$lib/popcorn-objcheck" --bad
    ;;
files)
    expect 127 "no such program" "$popcorn" run /no/such/file
    expect 1 "/no/such/file.c: no such file" "$bin/popcorn-clang" -c \
        /no/such/file.c
    expect 1 "/no/such/file: No such file" "$bin/popcorn-dump" /no/such/file
    expect 1 "No such file" "$bin/popcorn-nm" /no/such/file
    expect 1 "No such file" "$bin/popcorn-ar" t /no/such/file
    expect 1 "No such file" "$bin/popcorn-ranlib" /no/such/file
    expect 1 "No such file" "$lib/popcorn-pack" list /no/such/file
    expect 1 "No such file" "$lib/popcorn-objcheck" /no/such/file
    expect 1 "/no/such/file" "$lib/popcorn-codegen" -O2 --isa x86_64=o \
        --isa aarch64=p /no/such/file
    expect 1 "/no/such/file" "$lib/popcorn-align" --lib "$lib" -o o \
        --isa x86_64=/no/such/file --isa aarch64=/no/such/file
    expect 1 "/no/such/file" "$lib/popcorn-framemap" --isa x86_64 \
        /no/such/file -o o
    # What must not be there after a failure, and a place that cannot be.
    [ ! -e o ] || fail "an output in spite of the error"
    expect 125 "cannot write the statistics" "$popcorn" run \
        --stats=/no/such/file ./program 1
    expect_usage 1 "/no/such" "$bin/popcorn-clang" -c "$here/program.c" \
        -o /no/such/dir/x.o
    ;;
corrupt)
    # Cut anywhere, or a bit turned: one message, or it is still the program
    # and moves.
    size=$(stat -c %s program)
    for i in $(seq 0 39); do
        head -c $((size * i / 40)) program >"cut"
        chmod +x cut
        expect 126 "cut" "$popcorn" run ./cut 1
    done
    for cut in 1 2 7 8 60 64 65 200; do
        head -c $((size - cut)) program >"cut"
        chmod +x cut
        expect 126 "cut" "$popcorn" run ./cut 1
        head -c $cut program >"cut"
        expect 126 "cut" "$popcorn" run ./cut 1
    done
    cp program flip
    RANDOM=1234
    for _ in $(seq 60); do
        at=$(((RANDOM * 32768 + RANDOM) % size))
        old=$(bytes_at program $at 1 | hex)
        put_hex flip $at "$(printf %02x $((16#$old ^ (1 << RANDOM % 8))))"
        timeout 300 "$popcorn" run --bounce 1 ./flip 4 >out 2>err </dev/null
        status=$?
        if [ $status = 0 ]; then
            [ "$(tr '\n' ' ' <out)" = "0 1 2 3 " ] ||
                fail "other output, bit at $at"
        else
            [ $status = 126 ] || fail "exit status $status, bit at $at"
            [ "$(grep -c . err)" = 1 ] || fail "messages, bit at $at"
        fi
        # What popcorn run takes can be printed, and the reverse.
        timeout 300 "$bin/popcorn-dump" flip >out 2>err
        [ $? = $((status != 0)) ] || fail "popcorn-dump, bit at $at"
        put_hex flip $at "$old"
    done
    cmp program flip || fail "the test itself"
    ;;
other-version)
    # Another format or ABI of the manifest, with right checksums.
    read -ra manifest <<<"$(section program .popcorn.manifest)"
    for field in 8 20; do
        cp program other
        put_hex other $((manifest[0] + field)) 63000000
        seal other
        expect 126 "made for Popcorn ABI 99\|this Popcorn reads" "$popcorn" run ./other 1
    done
    ;;
other-image)
    # The AArch64 image says it is of another program: found when the thread
    # arrives, said once; the program stays where it is and is right.
    read -ra manifest <<<"$(section program .popcorn.manifest)"
    read -ra image <<<"$(section program .popcorn.image.aarch64)"
    id=$(bytes_at program $((manifest[0] + 56)) 32 | hex)
    at=$(bytes_at program "${image[0]}" "${image[1]}" |
        od -An -v -tx1 -w1 | tr -d ' ' | tr '\n' ' ' |
        grep -ob "$(sed 's/../& /g; s/ $//' <<<"$id")" | head -1 | cut -d: -f1)
    [ -n "$at" ] || fail "the image has no program id"
    cp program other
    put_hex other $((image[0] + at / 3)) "$(printf 'ab%.0s' $(seq 32))"
    expect 126 "corrupt" "$popcorn" run ./other 1
    seal other
    timeout 300 "$popcorn" run --bounce 1 ./other 30 >printed 2>said </dev/null ||
        fail "exit status $?"
    one_message "is of another program"
    [ "$(wc -l <printed)" = 30 ] || fail "output"
    numbers_right
    start_program ./other 100000
    expect 1 "not moved: .*state is corrupt" "$popcorn" migrate $pid aarch64
    goes_on
    kill $pid
    wait_program 143
    ;;
migrate)
    expect 125 "not under .popcorn run" "$popcorn" migrate $$ 1
    expect 125 "not under .popcorn run" "$popcorn" migrate 4999999 1
    expect 2 "not a process id" "$popcorn" migrate 0 1
    expect 2 "not a process id" "$popcorn" migrate -- -5
    expect 2 "usage" "$popcorn" migrate 5
    start_program ./program 100000
    expect 1 "no node '2'" "$popcorn" migrate $pid 2
    expect 1 "no node 'riscv64'" "$popcorn" migrate $pid riscv64
    expect 1 "no node '-1'" "$popcorn" migrate $pid -1
    expect 1 "no node ''" "$popcorn" migrate $pid ''
    expect 1 "no node '1x'" "$popcorn" migrate $pid 1x
    expect_usage 2 "'a" "$popcorn" migrate $pid "$(printf 'a\nb')"
    expect 1 "already on node 0" "$popcorn" migrate $pid 0
    expect 1 "no such thread" "$popcorn" migrate $pid/1 1
    expect 2 "is not PID or PID.TID" "$popcorn" migrate $pid/ 1
    expect 2 "is not PID or PID.TID" "$popcorn" migrate $pid/x 1
    "$popcorn" migrate $pid 1 >client || fail "migrate"
    goes_on
    numbers_right
    kill $pid
    wait_program 143
    [ ! -s said ] || fail "messages"
    # Its pid is nobody's now.
    expect 125 "not under .popcorn run" "$popcorn" migrate $pid 1
    ;;
killed-*)
    # killed-WHO-WHEN: the remote node's agent or member, killed.
    #   start  before anything moved: the program goes on, and says so once
    #   back   after the thread came home: likewise, if home has every page
    #   away   while the thread is there: status 70
    #   move   while the thread is on its way there: it stays, and goes on
    #   owner  thread at home, pages of it only there: status 70, said once
    IFS=- read -r _ who when <<<"$case"
    case $when in
    owner) start_program ./program 100000 pages ;;
    move) POPCORN_FAULT=note start_program ./program 100000 ;;
    *) start_program ./program 100000 ;;
    esac
    case $when in
    start | move) ;;
    away) "$popcorn" migrate $pid 1 >client || fail "migrate"; goes_on ;;
    back | owner)
        "$popcorn" migrate $pid 1 >client || fail "migrate"
        goes_on
        "$popcorn" migrate $pid 0 >client || fail "migrate"
        goes_on
        ;;
    esac
    find_remote
    [ $who = agent ] && victim=$agent || victim=$member
    case $when in
    move)
        kill -STOP "$victim"
        "$popcorn" migrate $pid 1 >client 2>&1 &
        client=$!
        soon grep -q "HOME.MEMBER.THREAD_OPEN reached" said || fail "it does not leave"
        kill -KILL "$victim"
        wait $client
        [ $? = 1 ] || fail "popcorn migrate: $?"
        grep -q "not moved: the node died" client || fail "popcorn migrate"
        goes_on
        ;;
    *) kill -KILL "$victim" ;;
    esac
    case $when in
    start | move)
        soon grep -q "goes on without it" said || fail "no message"
        goes_on
        expect 1 "node 1 has ended" "$popcorn" migrate $pid 1
        goes_on
        numbers_right
        kill $pid
        wait_program 143
        ;;
    back)
        # Pages that were written there last are lost with it, if home has
        # not fetched them.
        soon said_something || fail "no message"
        if grep -q "goes on without it" said; then
            goes_on
            kill $pid
            wait_program 143
        else
            wait_program 70
            grep -q "only copy of some of its memory" said || fail "no message"
        fi
        numbers_right
        ;;
    away | owner)
        wait_program 70
        soon grep -q "took with it" said || fail "no message"
        one_message "Start it again"
        numbers_right
        ;;
    esac
    ;;
no-userfault)
    . "$here/../../lib/nobody.sh"
    become_nobody "$build"
    unset XDG_RUNTIME_DIR
    for nodes in x86_64,aarch64 aarch64,x86_64; do
        timeout 300 "${nobody[@]}" run --nodes $nodes --bounce 1 \
            ./program 30 >printed 2>said </dev/null || fail "exit status $?"
        one_message "unprivileged_userfaultfd=1"
        [ "$(wc -l <printed)" = 30 ] || fail "output"
        numbers_right
        # With one node nothing is said.
        timeout 300 "${nobody[@]}" run --nodes ${nodes%,*} \
            ./program 3 >printed 2>said </dev/null || fail "one node: $?"
        [ ! -s said ] || fail "one node: a message"
    done
    ;;
no-qemu)
    mkdir empty
    expect 125 "qemu-aarch64 is not installed.*package qemu-user.*--nodes" \
        env PATH="$work/empty" "$popcorn" run ./program 3
    # Without a node that needs it the program runs.
    env PATH="$work/empty" "$popcorn" run --nodes x86_64,x86_64 --bounce 1 \
        ./program 30 >printed 2>said || fail "native nodes"
    numbers_right
    expect 2 "no node 'riscv64'.*x86_64 aarch64" "$popcorn" run \
        --nodes riscv64 ./program 3
    expect 2 "no node ''" "$popcorn" run --nodes x86_64,,aarch64 ./program 3
    expect 2 "no node 'mips'" "$popcorn" run --start mips ./program 3
    ;;
hello)
    "$3" "$lib/popcorn-agent" 2>err || fail "hello"
    [ "$(grep -c "connection from node 0 to node 1 closed:" err)" -eq 3 ] ||
        fail "messages"
    exit 0
    ;;
*) fail "unknown case" ;;
esac
nothing_left
exit 0
