#!/usr/bin/env bash
# A command with a node on the kernel that kernel.sh started.
#
#   run.sh DIR COMMAND...
#
# @NODE in the arguments becomes aarch64@HOST:PORT; the key is found. Fails if
# the kernel has a process of the program left afterwards, or said BUG, Oops
# or the like.
set -uo pipefail
. "$(dirname "$0")/../../lib/soon.sh"
dir=$1
shift
[ -s "$dir/address" ] || { echo "FAIL: the kernel is not up (kernel.sh start)"; exit 1; }
export XDG_CONFIG_HOME=$dir/config
node=aarch64@$(cat "$dir/address")
said=$(wc -l <"$dir/console")

"${@//@NODE/$node}"
status=$?

# The node lists init and popcornd, and nothing else.
is_clean() {
    local list
    list=$(timeout 20 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; cat <&3' - \
        "$(cat "$dir/list")" 2>/dev/null | sort -u)
    [ "$list" = $'/bin/popcornd\n/init' ]
}
clean=0
! soon is_clean || clean=1
tail -n +$((said + 1)) "$dir/console" >"$dir/console.new"
if grep -E 'BUG|Oops|Call trace|segfault|unhandled|killed by signal' "$dir/console.new"; then
    echo "FAIL: the kernel complained"
    exit 1
fi
[ $clean = 1 ] || { echo "FAIL: processes are left on the node"; exit 1; }
[ $status = 0 ] || tail -n 5 "$dir/console.new"
exit $status
