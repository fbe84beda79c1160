#!/bin/sh
# checksum.sh SOURCE BUILD FOLDER: checksum_test.c with the checksum that members
# have, for each ISA.
set -eu
here=$(dirname "$0")
. "$here/../../../lib/isas.sh"
mkdir -p "$3"
for isa in $(isas "$2"); do
    clang-19 --target=$isa-linux-gnu -O2 -static -fuse-ld=lld -I"$1" \
        "$here/checksum_test.c" \
        "$2/native/$isa/runtime/stack/checksum.c.o" \
        -o "$3/checksum.$isa"
    case $isa in
    "$(uname -m)") "$3/checksum.$isa" ;;
    *) "qemu-$isa" "$3/checksum.$isa" ;;
    esac
done
