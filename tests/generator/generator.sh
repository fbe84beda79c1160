#!/usr/bin/env bash
# Random programs (generate.c), built with a migration point everywhere, run on
# each ISA alone and moved at each point from both start ISAs with --poison. Each
# is built natively for both ISAs too, so that a wrong program is not taken for
# a wrong Popcorn.
#
#   generator.sh BUILD LLVM_LINK GENERATE FIRST COUNT [FUNCTIONS FUEL MOVES]
#
# Seeds FIRST .. FIRST + COUNT - 1; seed modulo 5 chooses -O0 -O1 -O2 -O3 -Os. 50
# programs are linked into one (tests/torture/harness.c). A line for each 50 tells
# how far it is. A failure names the seed; `generate SEED FUNCTIONS FUEL` writes
# the program again. JOBS in the environment: processes at once.
#
# On x86-64 one of two native compilers must agree, for each has an error. Behind an
# __int128 for which one register was left, clang 19 passes variadic arguments on the
# stack and looks for them in that register (GCC, and the ABI, put them there). GCC 12
# takes a union of 16 bytes from the saved registers, which are 8-byte
# aligned, with an aligned load (seed 2119).
set -euo pipefail
torture=$(cd "$(dirname "$0")/../torture" && pwd)
. "$torture/../lib/result.sh"
build=$(cd "$1" && pwd) llvm_link=$2 generate=$(realpath "$3") first=$4 count=$5
functions=${6:-8} fuel=${7:-10} moves=${8:-100000}
cc=$build/bin/popcorn-clang
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
jobs=${JOBS:-$(nproc)}
batch_size=50

native() { # native SEED MODE COMMAND: status in a row like those of torture/run.sh
    local seed=$1 mode=$2 status=0
    timeout 600 bash -c "$3" >"$out/$seed.$mode" 2>&1 || status=$?
    [ "$status" = 0 ] || sed "s/^/    $seed: $mode: /" "$out/$seed.$mode" >&2
    echo "$seed $mode $status 0" >>"$out/rows"
    rm -f "$out/$seed.$mode"
}

compile() { # compile SEED -> OUT/SEED.o, and runs the native programs
    local levels=(-O0 -O1 -O2 -O3 -Os) c=$out/$1.c level
    level=${levels[$1 % 5]}
    "$generate" "$1" "$functions" "$fuel" >"$c"
    gcc "$level" -w -Wno-psabi -Wno-packed-bitfield-compat "$c" -o "$out/$1.x"
    clang-19 "$level" -w "$c" -o "$out/$1.y"
    clang-19 --target=aarch64-linux-gnu "$level" -w -static "$c" -o "$out/$1.a"
    native "$1" native-x86_64 "$out/$1.x || $out/$1.y"
    native "$1" native-aarch64 "qemu-aarch64 $out/$1.a"
    cat >>"$c" <<C
void torture_register(const char *, int (*)(void));
__attribute__((constructor)) static void torture_constructor(void)
{
    torture_register("$1", main);
}
C
    "$cc" "$level" -w -c "$c" -o "$out/$1.o"
    rm -f "$c" "$out/$1".[xya]
}

link() { # link NAME SEED...
    local name=$1
    shift
    "$torture/link.sh" "$build/bin/popcorn-clang" "$llvm_link" "$out" "-O2 -popcorn-dense-points" \
        "$out/$name" "$@"
}

run_batch() { # run_batch FIRST LAST
    local names mode
    mapfile -t names < <(seq "$1" "$2")
    if ! link "batch$1" "${names[@]}"; then # which of them?
        for seed in "${names[@]}"; do
            link "alone$seed" "$seed" || echo "$seed link 1 0" >>"$out/rows"
            rm -f "$out/alone$seed"
        done
        return
    fi
    printf '%s\n' x86_64 aarch64 from-x86_64 from-aarch64 |
        xargs -P"$jobs" -I{} bash -c '"$torture/run.sh" "$build" "$0" {} "$moves" \
            "$@" >"$0.{}"' "$out/batch$1" "${names[@]}"
    cat "$out/batch$1".* >>"$out/rows"
    rm -f "$out/batch$1"*
}

# The rows so far, after COUNT programs: one line; status 1 if anything failed.
summary() { # summary COUNT
    awk -v programs="$1" '
        { rows++; moves[$2] += $4 }
        $3 != 0 { bad++; print "FAIL: seed " $1 ", " $2 ", status " $3 }
        $2 ~ /^from/ && $4 == 0 { bad++; print "FAIL: seed " $1 " never moved" }
        END {
            missing = 6 * programs - rows
            printf "%d programs, %d moves from x86_64, %d from aarch64, " \
                "%d failures%s\n", programs, moves["from-x86_64"],
                moves["from-aarch64"], bad,
                (missing > 0 ? ", " missing " results missing" : "")
            exit bad > 0 || missing != 0
        }' "$out/rows"
}

# The row of tests/corpora/table.sh.
record() { # record STATUS TEXT
    local isa
    for isa in x86_64 aarch64; do
        record_result "$build" "generator-$first" $isa poison "$1" \
            "$(awk -v mode=from-$isa '$2 == mode { n += $4 } END { print n + 0 }' "$out/rows")" "$2"
    done
}

export -f compile native
export out generate functions fuel cc torture build llvm_link moves
: >"$out/rows"
record FAIL "did not come to its end"
: >"$out/empty.c"
"$cc" -O2 -c "$out/empty.c" -o "$out/empty.o"
"$cc" -O2 -fno-builtin -c "$torture/harness.c" -o "$out/harness.o"
last=$((first + count - 1))
for ((batch = first; batch <= last; batch += batch_size)); do
    end=$((batch + batch_size - 1 < last ? batch + batch_size - 1 : last))
    seq $batch $end | xargs -P"$jobs" -I{} bash -ec 'compile "$1"' _ {} ||
        { echo "FAIL: seeds $batch to $end do not compile"; exit 1; }
    run_batch $batch $end
    echo "to seed $end: $(summary $((end - first + 1)) | tail -n 1)"
    rm -f "$out"/[0-9]*.o
done
status=ok
summary "$count" >"$out/summary" || status=FAIL
record $status "$(tail -n 1 "$out/summary")"
cat "$out/summary"
[ $status = ok ]
