#!/usr/bin/env bash
# context_ends.sh BUILD: what is wrong with a context, or cannot be had, ends the
# program with a line that says so, by itself and where threads move; what ends a thread
# alone, or works in a child, does.
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$build/bin/popcorn-clang" -O2 -w -pthread "$here/context_ends.c" -o ends
"$build/lib/popcorn/popcorn-pack" extract ends aarch64 -o aarch64
alone=(./ends)
emulated=(qemu-aarch64 ./aarch64)
moved=("$build/bin/popcorn" run --bounce 1 --bounce-limit 500 --poison ./ends)
failed=0

check() { # check STATUS TEXT COMMAND...
    local status=0
    { timeout 60 "${@:3}" >out 2>err || status=$?; } 2>/dev/null
    if [ $status != "$1" ] || ! grep -qF -- "$2" out err; then
        echo "FAIL: ${*:3}: status $status"
        cat out err
        failed=1
    fi
}

for how in alone emulated moved; do
    declare -n command=$how
    check 134 "can be resumed once" "${command[@]}" twice
    check 134 "has ended" "${command[@]}" ended
    check 134 "was never filled" "${command[@]}" never
    check 134 "not called as <ucontext.h> declares it" "${command[@]}" address
    check 0 "resumed twice" "${command[@]}" made
    check 0 7 "${command[@]}" child
    check 0 "50 threads ended" "${command[@]}" threads
done
check 0 "1 1" "${alone[@]}" preempt
check 125 "in a signal handler" "${moved[@]}" preempt
ROOM=1 check 0 room "${alone[@]}" deep
ROOM=1 check 0 "sum 10000" "${alone[@]}" exits
check 0 "sum 100" "${emulated[@]}" exits
check 0 "sum 100" "${moved[@]}" exits
# At home a thread has the control stack it was made with; away there is more room.
home=("$build/bin/popcorn" run --poison ./ends)
check 0 "no room: 1" "${home[@]}" deep
check 0 "depth 30001" "${home[@]}" deep
check 0 "depth 30001" "${moved[@]}" deep

# Configure scripts look for it like this.
echo 'char getcontext(); int main(void) { return getcontext(); }' >has.c
"$build/bin/popcorn-clang" -w has.c -o has
exit $failed
