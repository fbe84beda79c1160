#!/usr/bin/env bash
# migrate.sh BUILD: popcorn-port builds CPython (if it is not there yet), the example
# runs; then its script, a minute of four threads, is sent from node to node fifty times
# by popcorn migrate, one thread alone now and then, and prints what it prints unmoved.
set -euo pipefail
build=$(cd "$1" && pwd)
example=$(cd "$(dirname "$0")/../../../examples/python" && pwd)
moves=50 rounds=30000 script=$example/threads.py
export POPCORN_SYSROOT=$build/python
python=$POPCORN_SYSROOT/bin/python3
work=$(mktemp -d)
program=
trap '[ -z "$program" ] || kill "$program" 2>/dev/null; rm -rf "$work"' EXIT

fail() {
    echo "FAIL: $*"
    tail -n 20 "$work"/*.err
    exit 1
}

"$example/python.sh" "$build" >"$work/example" 2>"$work/example.err" ||
    fail "the example: status $?"
[ "$(grep -c '^moved to node' "$work/example")" = 4 ] || fail "the example: $(cat "$work/example")"
"$python" "$script" 12000 >"$work/unmoved"
grep -v '^moved to node' "$work/example" | cmp - "$work/unmoved" || fail "the example printed something else"

start=$SECONDS
"$python" "$script" "$rounds" >"$work/unmoved"
unmoved=$((SECONDS - start))
start=$SECONDS
"$build/bin/popcorn" run --nodes x86_64,aarch64 --stats="$work/stats" -- \
    "$python" "$script" "$rounds" >"$work/moved" 2>"$work/moved.err" &
program=$!
until [ -s "$work/moved" ]; do
    sleep 0.1
    kill -0 $program || fail "did not begin"
done
for ((i = 1; i <= moves; i++)); do
    target=$program
    # Every fifth time one of the four (the first one waits for them): the next time it comes
    # back with the others, or they follow.
    [ $((i % 5)) != 0 ] ||
        target=$("$build/bin/popcorn" ps | grep -o "$program/[0-9]*" | sed -n "$((2 + i / 5 % 4))p")
    "$build/bin/popcorn" migrate "$target" $((i % 2)) >>"$work/migrate" 2>"$work/migrate.err" ||
        grep -q already "$work/migrate.err" || fail "migrate $target $((i % 2))"
    sleep 0.1
done
"$build/bin/popcorn" migrate $program 0 >>"$work/migrate" 2>&1 || true
wait $program || fail "status $?"
program=
cmp "$work/unmoved" "$work/moved" || fail "printed something else"
made=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/stats")
[ "$made" -ge $((moves * 2)) ] || fail "only $made moves of threads"
echo "the same; $(wc -l <"$work/migrate") migrations, $made moves of threads," \
    "$((SECONDS - start)) s, unmoved $unmoved s"
