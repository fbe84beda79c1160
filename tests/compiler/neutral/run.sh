#!/usr/bin/env bash
# Neutral objects give the same results on each ISA: compiles run.c and run2.c
# once, makes a freestanding program for each ISA from that IR, runs both.
#   run.sh BUILD CLANG OPT-LEVEL
set -euo pipefail
build=$1 clang=$2 level=$3
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for source in run run2; do
    "$build/bin/popcorn-clang" -std=gnu11 "-O$level" -w -S -emit-llvm \
        "$here/$source.c" -o "$work/$source.ll"
done

resource=$("$clang" --print-resource-dir)
retarget() { # ISA TRIPLE LAYOUT
    for source in run run2; do
        sed -e "s|^target triple = .*|target triple = \"$2\"|" \
            -e "s|^target datalayout = .*|target datalayout = \"$3\"|" \
            "$work/$source.ll" >"$work/$1-$source.ll"
        "$clang" --target="$2" -O2 -Wno-override-module -c \
            "$work/$1-$source.ll" -o "$work/$1-$source.o"
    done
    "$clang" --target="$2" -O2 -ffreestanding -fno-builtin -fno-pic -c \
        "$here/start.c" -o "$work/$1-start.o"
    "$build/lib/popcorn/ld.lld" -static -e _start -o "$work/$1" "$work/$1"-*.o \
        "$resource/lib/linux/libclang_rt.builtins-$1.a"
}
retarget x86_64 x86_64-unknown-linux-musl \
    e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128
retarget aarch64 aarch64-unknown-linux-musl \
    e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32

status=0
for isa in $(isas "$build"); do
    runner=()
    if [ "$isa" != "$(host_isa)" ]; then
        runner=("qemu-$isa")
    fi
    if "${runner[@]}" "$work/$isa"; then
        echo "$isa: ok"
    else
        echo "$isa: check $? of run.c failed"
        status=1
    fi
done
exit $status
