#!/usr/bin/env bash
# Random C with many live values: both ISAs pass LLVM's machine verifier and
# ours, and the x86-64 code computes what a plain compilation does, with no
# migration point taken and with all of them taken.
#   random.sh BUILD CLANG GENERATE LEVEL FIRST-SEED LAST-SEED
set -euo pipefail
build=$1 clang=$2 generate=$3 level=$4 first=$5 last=$6
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
harness=$here/../../lib/instrumented
builtins=$("$clang" --print-resource-dir)/lib/linux/libclang_rt.builtins-x86_64.a

for seed in $(seq "$first" "$last"); do
    "$generate" "$seed" >"$work/p.c"
    neutral "$work/p.c" "$work/p.bc"
    "$codegen" "-O$level" --stats --mllvm=-verify-machineinstrs \
        --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" "$work/p.bc" \
        >"$work/log" 2>&1 || { echo "seed $seed:"; cat "$work/log"; exit 1; }
    if grep 'rebuilt' "$work/log" | grep -qv ' 0, .* 0, '; then
        echo "seed $seed: the verifier rejected normal code:"
        grep 'built again' "$work/log"
        exit 1
    fi
    [ "$(uname -m)" = x86_64 ] || continue
    "$clang" -w -O1 -ffp-contract=off -c "$work/p.c" -o "$work/plain.o"
    for kind in plain x; do
        "$clang" -w -O1 -no-pie -ftls-model=local-exec "$harness.c" \
            "${harness}_x86_64.S" "$work/$kind.o" "$builtins" -lm \
            -o "$work/$kind"
    done
    "$work/plain" 2>/dev/null >"$work/want"
    "$work/x" 2>/dev/null >"$work/idle"
    "$work/x" 1 2>"$work/polls" >"$work/polled"
    cmp "$work/want" "$work/idle" && cmp "$work/want" "$work/polled" || {
        echo "seed $seed: another result"; exit 1; }
    echo "seed $seed: $(cat "$work/want"), $(cat "$work/polls")"
done
