#!/usr/bin/env bash
# Runs one test of the suite.
#
#   run.sh BUILD OUT MODE NAME
#
# MODE: x86_64, aarch64          natively built, the oracle
#       from-x86_64, from-aarch64  moved to the other ISA and back at each of its
#                                  first 200 points, with --poison
#       apart                      threads in turn on two nodes, the first away
#                                  from home, with --poison
# Output: a line "NAME MODE STATUS MOVES" (natively "-"). STATUS 0 is the suite's
# PASS. Of a moved one that fails the end of its output goes to standard error.
set -u
build=$(cd "$1" && pwd) out=$(cd "$2" && pwd) mode=$3 name=$4
. "$(dirname "$0")/../../lib/soon.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/run"
cd "$work/run" || exit 1
ulimit -c 0
popcorn=("$build/bin/popcorn" run --poison --stats="$work/stats")
case $mode in
x86_64) command=() ;;
aarch64) command=(qemu-aarch64) ;;
from-x86_64) command=("${popcorn[@]}" --nodes x86_64,aarch64) ;;
from-aarch64) command=("${popcorn[@]}" --nodes aarch64,x86_64) ;;
apart) command=("${popcorn[@]}" --nodes x86_64,x86_64 --place 1,0) ;;
esac
case $mode in
from-*) command+=(--bounce 1 --bounce-limit 200 --) ;;
apart) command+=(--) ;;
esac
program=$out/$mode/$name
[ "$mode" = x86_64 ] || [ "$mode" = aarch64 ] || program=$out/popcorn/$name
# A session of its own, for some tests signal their process group, and, where
# that is allowed, queues, semaphores and shared memory of its own.
own=()
! unshare --ipc --mount true 2>/dev/null ||
    own=(unshare --ipc --mount bash -c
        'mount -t tmpfs none /dev/shm; exec "$@"' own)
setsid "${own[@]}" timeout -k 5 60 "${command[@]}" "$program" \
    >"$work/out" 2>&1 </dev/null
status=$?
moves=-
if [ "${command[0]:-}" = "${popcorn[0]}" ]; then
    # A program that is killed ends before its agent has written them.
    soon test -s "$work/stats"
    moves=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/stats")
fi
echo "$name $mode $status ${moves:=0}"
[ "$status" = 0 ] || [ "$moves" = - ] ||
    tail -n 5 "$work/out" | sed "s,^,    $name $mode $status: ," >&2
