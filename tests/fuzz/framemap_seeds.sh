#!/bin/sh
# The sample images of tests/unit/runtime/stack, small.  framemap_seeds.sh FOLDER
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
object=$(mktemp)
trap 'rm -f "$object"' EXIT
for sample in "$root"/tests/unit/runtime/stack/sample_*.S; do
    isa=${sample##*sample_} isa=${isa%.S}
    clang-19 --target=$isa-linux-musl -I"$root" -c \
        "$sample" -o "$object"
    # Small pages: a small file.
    ld.lld-19 -static -e outer -Ttext=0x11000000 -z max-page-size=4096 \
        -o "$1/seed-$isa" "$object"
    chmod 644 "$1/seed-$isa"
done
