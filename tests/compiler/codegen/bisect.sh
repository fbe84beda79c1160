#!/usr/bin/env bash
# The second judge, and the search for the pass that made a program wrong: a
# planted wrong constant is traced to rematerialisation in the function it is in.
#   bisect.sh BUILD
set -euo pipefail
build=$(cd "$1" && pwd)
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
bisect=$here/../../../scripts/bisect-passes.sh

mkdir "$work/temps"
"$build/bin/popcorn-clang" -flto -O2 -popcorn-save-temps="$work/temps" \
    "$here/bisect.c" -o "$work/program"
"$work/program" >"$work/expected"
check="timeout 3 \$PROGRAM | cmp -s - $work/expected"
status=0
"$bisect" "$build" "$work/temps/merged.bc" "$check" >"$work/out" || status=$?
[ "$status" = 1 ] && grep -q 'right too: nothing to find' "$work/out" ||
    { cat "$work/out"; echo "FAIL: exit $status for a right program"; exit 1; }
for isa in $(isas "$build"); do
    status=0
    "$bisect" -i $isa -c --plant-fault=wrong-remat "$build" "$work/temps/merged.bc" \
        "$check" >"$work/out" || status=$?
    cat "$work/out"
    [ "$status" = 0 ] &&
        grep -qE 'first wrong with run [0-9]+ of [0-9]+: rematerialisation, ' "$work/out" ||
        { echo "FAIL: $isa: exit $status"; exit 1; }
done
status=0
"$bisect" "$build" "$work/temps/merged.bc" '$PROGRAM; false' >"$work/out" || status=$?
[ "$status" = 1 ] && grep -q 'wrong in plain code too' "$work/out" ||
    { cat "$work/out"; echo "FAIL: exit $status for a program wrong everywhere"; exit 1; }
status=0
"$bisect" "$build" "$work/none.bc" true 2>"$work/err" || status=$?
[ "$status" = 2 ] && grep -q 'none.bc: cannot be read' "$work/err"
echo "bisect: ok"
