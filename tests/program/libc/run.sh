#!/usr/bin/env bash
# run.sh native|aarch64|bounce BUILD PROGRAM: runs a test program built by
# build.sh; its exit status says whether its checks held.
set -euo pipefail

where=$1 build=$2 program=$3

case $where in
native) exec "$program" ;;
aarch64)
    exec qemu-aarch64 "$program.aarch64"
    ;;
bounce)
    exec "$build/bin/popcorn" run --bounce 5 --bounce-limit 2000 "$program"
    ;;
*)
    echo "run.sh: unknown place $where" >&2
    exit 2
    ;;
esac
