#!/usr/bin/env bash
# The native half is the same set of functions on every ISA, but for those that
# have the ISA's name in theirs.
#   stubs.sh BUILD
set -euo pipefail
. "$(dirname "$0")/../../lib/isas.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for isa in $(isas "$1"); do
    llvm-nm-19 --defined-only --extern-only "$1/lib/popcorn/isa/$isa/native.a" |
        awk -v isa="$isa" 'NF == 3 && !index($3, isa "_") { print $3 }' | sort >"$work/$isa"
done
sort -u "$work"/* >"$work/.all"
failed=0
for isa in $(isas "$1"); do
    missing=$(comm -13 "$work/$isa" "$work/.all")
    [ -z "$missing" ] || { printf 'isa/%s/native lacks:\n%s\n' "$isa" "$missing"; failed=1; }
done
echo "$(wc -l <"$work/.all") functions and data"
exit $failed
