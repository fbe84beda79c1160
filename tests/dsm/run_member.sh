#!/bin/sh
# run_member.sh POPCORN NODES MEMBER MODE...: 77 where a node cannot be had.
popcorn=$1 nodes=$2 member=$3
shift 3
case $nodes in
*aarch64*)
    [ "$(uname -m)" = aarch64 ] || command -v qemu-aarch64 >/dev/null || {
        echo "skipped: no qemu-aarch64"
        exit 77
    } ;;
esac
"$popcorn" run --nodes "$nodes" --stats "$member" "$@"
