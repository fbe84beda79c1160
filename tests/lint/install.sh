#!/usr/bin/env bash
# install.sh BUILD SOURCE: an installed Popcorn builds and moves a program.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$1" --prefix "$work/usr" >/dev/null
"$work/usr/bin/popcorn-clang" -O2 "$2/examples/hello/hello.c" -o "$work/hello"
"$work/usr/bin/popcorn" run "$work/hello" >"$work/out"
cat "$work/out"
grep -qx "step 3 on node 1 (aarch64)" "$work/out"
for page in popcorn.1 popcorn-clang.1 popcorn-dump.1 popcornd.8; do
    [ -n "$(find "$work/usr" -name "$page*")" ] || { echo "no man page $page"; exit 1; }
done
