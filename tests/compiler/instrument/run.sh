#!/bin/sh
# run.sh INSTRUMENT CLANG LLVM_BIN SOURCE_DIR WORK_DIR NAME
#
# Compiles NAME.c once to neutral IR. Runs it natively as it is, and
# instrumented with the poll word 0 and 1: the output must be the same. Both
# instruction sets must get through code generation.
set -eu
instrument=$1 clang=$2 bin=$3 source=$4 work=$5 name=$6

case $(uname -m) in
x86_64) ;;
*) echo "skipped: the harness is for x86-64 hosts only"; exit 77 ;;
esac
mkdir -p "$work"
cd "$work"

neutral="--target=aarch64-linux-gnu -U__aarch64__ -D__popcorn__ -fsigned-char
 -ffp-contract=off -mno-outline-atomics -ftls-model=local-exec -fno-pic
 -fno-pie -fno-stack-protector -fno-unwind-tables
 -fno-asynchronous-unwind-tables -ffreestanding"
level=${LEVEL:--O2}
triple_x86=x86_64-unknown-linux-gnu
layout_x86="e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128"
layout_x86="$layout_x86-n8:16:32:64-S128"
generator="-O2 -relocation-model=static -max-registers-for-gc-values=256
 -fixup-allow-gcptr-in-csr -no-x86-call-frame-opt -enable-tail-merge=0
 -tail-dup-placement=0"

# shellcheck disable=SC2086 # word splitting is meant
"$clang" $neutral $level -g1 -w -emit-llvm -c "$source/$name.c" -o neutral.bc
"$instrument" -o instrumented.bc --stats-popcorn neutral.bc
"$bin/opt" -passes=verify -disable-output instrumented.bc

# to_x86 IN OUT.o: the same IR, with the other triple and data layout.
to_x86() {
    "$bin/llvm-dis" "$1" -o - |
        sed -e "s/^target triple = .*/target triple = \"$triple_x86\"/" \
            -e "s/^target datalayout = .*/target datalayout = \"$layout_x86\"/" \
            -e 's/"target-cpu"="[^"]*"//' \
            -e 's/"target-features"="[^"]*"//' > x86.ll
    # shellcheck disable=SC2086
    "$bin/llc" $generator -mcpu=x86-64-v2 -filetype=obj x86.ll -o "$2"
}
to_x86 neutral.bc plain.o
to_x86 instrumented.bc moved.o
# Not for x86-64: LLVM 19 spills _Float16 in a way its own check rejects.
# shellcheck disable=SC2086
"$bin/llc" $generator -verify-machineinstrs -filetype=obj instrumented.bc -o aarch64.o

jumps=
if [ "$name" = jumps ]; then jumps="$source/jumps_x86_64.S"; fi
builtins=$("$clang" -print-file-name=libclang_rt.builtins-x86_64.a \
    --rtlib=compiler-rt)
for kind in plain moved; do
    # shellcheck disable=SC2086
    "$clang" -O1 -no-pie -ftls-model=local-exec "$source/../../lib/instrumented.c" \
        "$source/../../lib/instrumented_x86_64.S" $jumps $kind.o "$builtins" -lm -o $kind
done
./plain > expected
./moved > without 2> without.err
./moved 1 > with 2> with.err
cmp expected without
cmp expected with
grep -q 'polls taken: 0$' without.err
grep -q 'polls taken: [1-9]' with.err
cat with.err
