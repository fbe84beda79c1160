#!/usr/bin/env bash
# Builds one program with a migration point everywhere and moves it at each
# point, from each start ISA, with --poison. It must end with status 0, and the
# compiler must have nothing to say (that a function was built again, for one).
#
#   case.sh BUILD SOURCE [OPTIONS...]
#
# A source whose first line is "// options: ..." is compiled with those.
set -eu
build=$1 source=$2
shift 2
read -ra own <<<"$(sed -n '1s,^// options: ,,p' "$source")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bin/popcorn-clang" -O2 "${own[@]}" "$@" -popcorn-dense-points "$source" \
    -o "$work/program" 2>"$work/said" || { cat "$work/said"; exit 1; }
[ ! -s "$work/said" ] || { cat "$work/said"; exit 1; }
"$work/program" || { echo "FAIL: status $? without a move"; exit 1; }
for nodes in x86_64,aarch64 aarch64,x86_64; do
    timeout 600 "$build/bin/popcorn" run --nodes $nodes --bounce 1 \
        --bounce-limit 3000 --poison --stats="$work/stats" -- "$work/program" ||
        { echo "FAIL: status $? with --nodes $nodes"; exit 1; }
    moves=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/stats")
    [ "${moves:-0}" -gt 0 ] || { echo "FAIL: no move with $nodes"; exit 1; }
    echo "$nodes: $moves moves"
done
