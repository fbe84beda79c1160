#!/bin/sh
# The self-moving program on each ISA: same result moved and unmoved, and the
# same states, byte for byte, on every ISA; then those states through every
# ISA's tables on this machine.
#   $1: lib/popcorn, $2: source root, $3: transform_test, $4: work folder,
#   $5: the clang that loads passes, then the neutral flags.
set -eu
lib=$1
root=$2
transform=$3
work=$4
clang=$5
shift 5
here=$root/tests/unit/runtime/stack
. "$root/tests/lib/isas.sh"
isas=$(isas "$lib/../..")
rm -rf "$work"
mkdir -p "$work"
cd "$work"

"$clang" "$@" -O2 -g -flto -ffreestanding -nostdlibinc \
    -fpass-plugin="$lib/libpopcorn-neutral.so" -c "$here/program.c" \
    -o program.bc
outputs=
for isa in $isas; do
    outputs="$outputs --isa $isa=$isa.o"
done
"$lib/popcorn-codegen" -g $outputs program.bc
set -- --lib "$lib" -o program --keep keep
for isa in $isas; do
    clang-19 --target=$isa-linux-musl $(isa_flags "$root" $isa) -O2 -g -std=c11 \
        -ffreestanding -nostdlibinc -fno-builtin -fno-pic \
        -fno-stack-protector -fno-unwind-tables \
        -fno-asynchronous-unwind-tables -mno-implicit-float -Wall -Wextra \
        -I"$root" -c "$here/mover.c" -o mover-$isa.o
    set -- "$@" --isa $isa=$isa.o --native $isa=mover-$isa.o
done
"$lib/popcorn-align" "$@"

first=$(host_isa) maps=
for isa in $isas; do
    run=
    [ $isa = $first ] || run=qemu-$isa
    for move in 0 1; do
        $run ./keep/$isa.elf log-$isa-$move $move >result-$isa-$move
        cmp result-$first-0 result-$isa-$move
    done
    cmp log-$first-1 log-$isa-1
    maps="$maps keep/$isa.framemap"
done
"$lib/popcorn-framemap" --compare $maps
"$transform" $maps --log log-$first-1
