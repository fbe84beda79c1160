#!/usr/bin/env bash
# Random programs (generate.c), built with a migration point everywhere, run on
# each ISA alone and moved at each point from both start ISAs with --poison.
#
#   generator.sh BUILD LLVM_LINK GENERATE FIRST COUNT [FUNCTIONS FUEL MOVES]
#
# Seeds FIRST .. FIRST + COUNT - 1; seed modulo 5 chooses -O0 -O1 -O2 -O3 -Os. 50
# programs are linked into one (tests/torture/harness.c). A failure names the
# seed; `generate SEED FUNCTIONS FUEL` writes the program again.
set -euo pipefail
torture=$(cd "$(dirname "$0")/../torture" && pwd)
build=$(cd "$1" && pwd) llvm_link=$2 generate=$3 first=$4 count=$5
functions=${6:-8} fuel=${7:-10} moves=${8:-100000}
cc=$build/bin/popcorn-clang
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
jobs=$(nproc)

compile() { # compile SEED -> OUT/SEED.o
    local levels=(-O0 -O1 -O2 -O3 -Os)
    "$generate" "$1" "$functions" "$fuel" >"$out/$1.c"
    cat >>"$out/$1.c" <<C
void torture_register(const char *, int (*)(void));
__attribute__((constructor)) static void torture_constructor(void)
{
    torture_register("$1", main);
}
C
    "$cc" "${levels[$1 % 5]}" -w -c "$out/$1.c" -o "$out/$1.o"
    rm -f "$out/$1.c"
}

run_batch() { # run_batch FIRST LAST
    local names mode status=0
    mapfile -t names < <(seq "$1" "$2")
    "$torture/link.sh" "$build" "$llvm_link" "$out" "-O2 -popcorn-dense-points" \
        "$out/batch$1" \
        "${names[@]}" || return 1
    for mode in x86_64 aarch64 from-x86_64 from-aarch64; do
        "$torture/run.sh" "$build" "$out/batch$1" $mode "$moves" \
            "${names[@]}" >>"$out/rows"
    done
    rm -f "$out/batch$1"
}

export -f compile run_batch
export out generate functions fuel cc torture build llvm_link moves
: >"$out/empty.c"
"$cc" -O2 -c "$out/empty.c" -o "$out/empty.o"
"$cc" -O2 -fno-builtin -c "$torture/harness.c" -o "$out/harness.o"
last=$((first + count - 1))
for ((batch = first; batch <= last; batch += 50)); do
    end=$((batch + 49 < last ? batch + 49 : last))
    seq $batch $end | xargs -P"$jobs" -I{} bash -ec 'compile "$1"' _ {} ||
        { echo "FAIL: seeds $batch to $end do not compile"; exit 1; }
    run_batch $batch $end || { echo "FAIL: seeds $batch to $end"; exit 1; }
    rm -f "$out"/[0-9]*.o
done
awk -v want=$((4 * count)) '
    { rows++; moves[$2] += $4; total += $4 }
    $3 != 0 { bad++; print "FAIL: seed " $1 ", " $2 ", status " $3 }
    $2 ~ /^from/ && $4 == 0 { bad++; print "FAIL: seed " $1 " never moved" }
    END {
        printf "%d programs, %d moves from x86_64, %d from aarch64, %d failures\n",
            rows / 4, moves["from-x86_64"], moves["from-aarch64"], bad
        exit bad > 0 || rows != want
    }' "$out/rows"
