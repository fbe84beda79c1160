#!/bin/sh
# The self-moving program on each ISA: same result moved and unmoved, and the
# same states, byte for byte, on every ISA; then those states through every
# ISA's tables on this machine.
#   $1: lib/popcorn, $2: source root, $3: transform_test, $4: work folder,
#   then the neutral flags.
set -eu
lib=$1
root=$2
transform=$3
work=$4
shift 4
here=$root/tests/unit/runtime/stack
rm -rf "$work"
mkdir -p "$work"
cd "$work"

clang-19 "$@" -O2 -g -flto -ffreestanding -nostdlibinc \
    -fpass-plugin="$lib/libpopcorn-neutral.so" -c "$here/program.c" \
    -o program.bc
"$lib/popcorn-codegen" -g --isa x86_64=x86_64.o --isa aarch64=aarch64.o \
    program.bc
set -- --lib "$lib" -o program --keep keep
for isa in x86_64 aarch64; do
    options=-mno-outline-atomics
    [ $isa = aarch64 ] || options=-mno-red-zone
    clang-19 --target=$isa-linux-musl $options -O2 -g -std=c11 \
        -ffreestanding -nostdlibinc -fno-builtin -fno-pic \
        -fno-stack-protector -fno-unwind-tables \
        -fno-asynchronous-unwind-tables -mno-implicit-float -Wall -Wextra \
        -I"$root" -c "$here/mover.c" -o mover-$isa.o
    set -- "$@" --isa $isa=$isa.o --native $isa=mover-$isa.o
done
"$lib/popcorn-align" "$@"

for move in 0 1; do
    ./keep/x86_64.elf log-x86_64-$move $move >result-x86_64-$move
    qemu-aarch64 ./keep/aarch64.elf log-aarch64-$move $move \
        >result-aarch64-$move
done
for other in aarch64-0 x86_64-1 aarch64-1; do
    cmp result-x86_64-0 result-$other
done
cmp log-x86_64-1 log-aarch64-1
"$lib/popcorn-framemap" --compare keep/x86_64.framemap keep/aarch64.framemap
"$transform" keep/x86_64.framemap keep/aarch64.framemap --log log-x86_64-1
