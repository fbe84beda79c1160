#!/usr/bin/env bash
# Random C++ programs that throw (random_program.py): what clang++-19's build prints, native
# with the machine's C++ library, ours must print: alone on each ISA, and moved at every point
# from each start ISA, with --poison. The level is the seed's.
#   random.sh BUILD FIRST COUNT
set -euo pipefail
build=$(cd "$1" && pwd) first=$2 count=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
levels=(-O0 -O1 -O2 -O3 -Os)

one() { # SEED
    local seed=$1 level=${levels[$1 % 5]} nodes made total=0
    python3 "$here/random_program.py" "$seed" >p.cpp
    clang++-19 "$level" -w p.cpp -o native || return 1
    timeout 60 ./native >expected || return 1
    "$build/bin/popcorn-clang++" -popcorn-dense-points "$level" -w p.cpp -o program || return 1
    timeout 60 ./program >out && cmp -s expected out || { echo "alone: differs"; return 1; }
    for nodes in x86_64,aarch64 aarch64,x86_64; do
        timeout 300 "$build/bin/popcorn" run --nodes $nodes --bounce 1 --bounce-limit 4000 \
            --poison --stats=stats ./program >out 2>err || { tail -n 3 err; return 1; }
        cmp -s expected out || { echo "moved, $nodes: differs"; return 1; }
        made=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' stats)
        [ "${made:-0}" -gt 0 ] || { echo "$nodes: no moves"; return 1; }
        total=$((total + made))
    done
    moves=$((moves + total))
}

moves=0
for ((seed = first; seed < first + count; seed++)); do
    one "$seed" || { echo "FAIL: seed $seed (random_program.py $seed)"; exit 1; }
done
echo "$count programs from seed $first: same output, $moves moves"
