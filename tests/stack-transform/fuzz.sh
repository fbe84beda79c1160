#!/bin/sh
# Seeds from the golden files, then $3 seconds of fuzzing.  $1: target, $2:
# corpus folder.
set -eu
here=$(dirname "$0")

bytes() { # hex file -> bytes
    for byte in $(cat "$1"); do
        printf "\\$(printf %03o "0x$byte")"
    done
}

rm -rf "$2"
mkdir -p "$2"
for isa in x86_64 aarch64; do
    bytes "$here/golden/$isa.hex" >"$2/blob"
    size=$(wc -c <"$2/blob")
    {
        printf "\\$(printf %03o $((size % 256)))\\$(printf %03o $((size / 256)))"
        printf '\003\000\000\000'
        cat "$2/blob"
        bytes "$here/golden/state.hex" | tail -c +145
    } >"$2/seed-$isa"
done
rm "$2/blob"
"$1" -max_total_time="$3" -max_len=4096 -timeout=10 -print_final_stats=1 "$2" \
    -artifact_prefix="$2/crash-" 2>&1 | tail -n 20
# The pipe hides the status; a crash leaves an artefact.
! ls "$2" | grep '^crash-'
