#!/bin/sh
# Faults planted in finished images, see verify_test.c. $2: verify_test.
. "$(dirname "$0")/common.sh"
make_lib
for isa in $isas; do
    program $isa
done
align --keep keep || fail "link"
# Named objects and images; both orders, so that each ISA gets the faults.
"$2" x86_64 program_x86_64.o keep/x86_64.elf \
    aarch64 program_aarch64.o keep/aarch64.elf || exit 1
"$2" aarch64 program_aarch64.o keep/aarch64.elf \
    x86_64 program_x86_64.o keep/x86_64.elf
