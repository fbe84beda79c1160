#!/usr/bin/env bash
# Random programs, built with a migration point everywhere, run on each ISA alone
# and moved at each point from each start ISA with --poison. What they print and
# their status must be the native build's. README.md tells the kinds of programs.
#
#   random.sh BUILD LLVM_LINK GENERATORS FIRST COUNT [LEVELS [MOVES]]
#
# Seeds FIRST .. FIRST + COUNT - 1 (program.sh says what a seed means). LEVELS: "turn"
# (each program at the level its seed chooses), or digits: all programs at each of
# them ("0123"). All programs of a level, at most 400, are linked into one
# (tests/lib/batch/harness.c). MOVES: see tests/lib/batch/run.sh; each program has half
# of them or more.
#
# A failure tells the command for that one program. JOBS in the environment:
# processes at once.
set -euo pipefail
. "$(dirname "$0")/program.sh"
shared=$here/../../lib/batch
. "$here/../../lib/result.sh"
build=$(cd "$1" && pwd) llvm_link=$2 generators=$(cd "$3" && pwd) first=$4 count=$5
wanted=${6:-turn} moves=${7:-1000}
cc=$build/bin/popcorn-clang
out=$(mktemp -d) scratch=$out
trap 'rm -rf "$out"' EXIT
jobs=${JOBS:-$(nproc)}
batch_size=400
mapfile -t isas < <(ls "$build/lib/popcorn/isa")
modes=("${isas[@]}" "${isas[@]/#/from-}")

# each COMMAND ARGUMENT...: the command with each argument, $jobs at once.
each() {
    local command=$1 share pids=() pid status=0
    shift
    for ((share = 0; share < jobs; share++)); do
        for ((i = share + 1; i <= $#; i += jobs)); do
            $command "${!i}" || exit 1
        done &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || status=1; done
    return $status
}

prepare() { # the judge's object of one seed, and the reference's
    local options source=$out/$1.c
    read -ra options <<<"$(compile_options "$1")"
    write_program "$1" >"$source" &&
        clang-19 "${judge_options[@]}" "${options[@]}" "$source" -o "$out/$1.judge.o" &&
        native_compile "$(reference "$1")" "${reference_options[@]}" "${options[@]}" \
            "$source" -o "$out/$1.clang.o" ||
        { echo "FAIL: seed $1 ($(kind "$1")) does not compile natively"; return 1; }
}

compile() { # compile LEVEL SEED
    local options
    read -ra options <<<"$(compile_options "$2")"
    "$cc" -flto "-O$1" "${options[@]}" "$out/$2.c" -o "$out/$2.o" ||
        echo "$2 O$1:compile 1 0 -" >>"$out/rows"
}

# run_native MODE COMMAND...: the results of a judge (judge.c) as rows.
run_native() {
    local mode=$1
    shift
    "$@" "$out/results" >"$out/log" 2>&1 || { tail "$out/log"; exit 1; }
    awk -f "$shared/output.awk" "$out/results.output" "$out/results" |
        sed "s/ / $mode /" >>"$out/rows"
}

# Natively; then `valid` has the seeds of those which the judge let pass.
judge() { # judge SEED...
    local isa seed objects=()
    each prepare "$@"
    for seed; do objects+=("$out/$seed.judge.o"); done
    clang-19 "${judge_options[@]}" -fuse-ld=lld "${objects[@]}" "$here/judge.c" \
        -lm -pthread -o "$out/judge"
    run_native judge "$out/judge"
    mapfile -t valid < <(awk '$2 == "judge" && $3 < 2 { print $1 }' "$out/rows" |
        grep -xFf <(printf '%s\n' "$@"))
    for isa in "${isas[@]}"; do
        objects=()
        for seed in "${valid[@]}"; do
            [ "$(reference "$seed")" != "$isa" ] || objects+=("$out/$seed.clang.o")
        done
        [ ${#objects[@]} -gt 0 ] || continue
        native_link "$isa" "$out/clang" -O2 "${objects[@]}" "$here/judge.c"
        run_native clang "$(native_runner "$isa")" "$out/clang"
    done
}

run_mode() { # run_mode PROGRAM MODE: of `seeds`
    "$shared/run.sh" "$build" "$1" "$2" "$moves" "${seeds[@]}" >"$1.$2"
}

# Links, and finds which program it is that does not.
link_and_run() { # link_and_run LEVEL SEED...
    local level=$1 program half mode seeds
    shift
    program=$out/program$level.$1.$#
    if "$shared/link.sh" "$cc" "$llvm_link" "$out" \
        "-O$level -popcorn-dense-points $(link_option "$level" "$1")" "$program" "$@" 2>"$program.says"; then
        if [ -s "$program.says" ]; then # a function built again, a warning
            sed "s/^/$1-${!#}, -O$level: link: /" "$program.says" | tee -a "$out/said"
        fi
        seeds=("$@")
        each "run_mode $program" "${modes[@]}"
        for mode in "${modes[@]}"; do
            sed "s/ / O$level:/" "$program.$mode" >>"$out/rows"
        done
    elif [ $# = 1 ]; then
        sed "s/^/    $1: /" "$program.says"
        echo "$1 O$level:link 1 0 -" >>"$out/rows"
    else
        half=$(($# / 2))
        link_and_run "$level" "${@:1:half}"
        link_and_run "$level" "${@:half + 1}"
    fi
    rm -f "$program"*
}

run_level() { # run_level LEVEL SEED...
    local level=$1 built=()
    shift
    each "compile $level" "$@"
    for seed; do [ ! -e "$out/$seed.o" ] || built+=("$seed"); done
    link_and_run "$level" "${built[@]}"
    for seed; do rm -f "$out/$seed.o"; done
}

run_batch() { # run_batch FIRST LAST
    local seeds level at
    mapfile -t seeds < <(seq "$1" "$2")
    judge "${seeds[@]}"
    if [ "$wanted" = turn ]; then
        for level in "${levels[@]}"; do
            at=()
            for seed in "${valid[@]}"; do
                [ "$(level "$seed")" != "$level" ] || at+=("$seed")
            done
            [ ${#at[@]} = 0 ] || run_level "$level" "${at[@]}"
        done
    else
        for level in $(fold -w1 <<<"$wanted"); do
            run_level "$level" "${valid[@]}"
        done
    fi
    rm -f "$out"/[0-9]*
}

# Failures, then one line of counts; status 1 if anything failed.
summary() {
    awk -v kinds="${kinds[*]}" -v modes="${modes[*]}" \
        -v levels="$([ "$wanted" = turn ] && echo 1 || echo ${#wanted})" \
        -v command="$0 $build $llvm_link $generators" \
        -f "$here/summary.awk" "$out/rows" && [ ! -s "$out/said" ]
}

# The rows of tests/corpora/table.sh.
record() { # record STATUS TEXT
    local isa
    for isa in "${isas[@]}"; do
        record_result "$build" "random-$first" "$isa" poison "$1" \
            "$(awk -v mode="from-$isa" 'index($2, mode) { n += $4 } END { print n + 0 }' \
                "$out/rows")" "$2"
    done
}

: >"$out/rows"
record FAIL "did not come to its end"
: >"$out/empty.c"
"$cc" -flto -O2 -c "$out/empty.c" -o "$out/empty.o"
"$cc" -flto -O2 -fno-builtin -c "$shared/harness.c" -o "$out/harness.o"
last=$((first + count - 1))
for ((batch = first; batch <= last; batch += batch_size)); do
    end=$((batch + batch_size - 1 < last ? batch + batch_size - 1 : last))
    run_batch $batch $end
    echo "to seed $end: $(summary | tail -n 1)"
done
status=ok
summary >"$out/summary" || status=FAIL
record $status "$(tail -n 1 "$out/summary")"
cat "$out/summary"
[ $status = ok ]
