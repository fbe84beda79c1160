#!/bin/sh
# Writes the seeds of every fuzz target into corpus/, after a format has changed.
#   write_seeds.sh [BUILD]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for target in "${1:-$here/../../build}"/tests/fuzz/*_fuzz; do
    name=$(basename "$target" _fuzz)
    mkdir -p "$here/corpus/$name"
    rm -f "$here/corpus/$name"/seed-*
    "$target" --seeds="$here/corpus/$name"
done
