#!/bin/sh
# Fuzzes popcorn-framemap from the sample images.
#   framemap.sh TARGET FOLDER LIBFUZZER-OPTION...      FOLDER is made anew
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
target=$1
corpus=$2
shift 2
rm -rf "$corpus"
mkdir -p "$corpus"
for isa in x86_64 aarch64; do
    clang-19 --target=$isa-linux-musl -I"$root" -c \
        "$root/tests/stack-transform/sample_$isa.S" -o "$corpus/$isa.o"
    # Small pages: a small file.
    ld.lld-19 -static -e outer -Ttext=0x11000000 -z max-page-size=4096 \
        -o "$corpus/$isa.elf" "$corpus/$isa.o"
    rm "$corpus/$isa.o"
done
# A message that ends popcorn-framemap gives its memory up.
export ASAN_OPTIONS=detect_leaks=0
exec "$target" -detect_leaks=0 -close_fd_mask=2 -max_len=65536 \
    -rss_limit_mb=4096 -artifact_prefix="$corpus/" "$@" "$corpus"
