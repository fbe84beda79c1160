#!/usr/bin/env bash
# Which pass makes a program wrong?  For a program that is wrong without moving,
# and right when LLVM's code generator alone makes its code from the same merged
# module (popcorn-codegen --plain: the second judge).
#
#   bisect-passes.sh [options] BUILD MERGED.bc COMMAND...
#
#   -i ISA      the ISA to look at (default: this machine's)
#   -c OPTION   an option for popcorn-codegen, as the link gave it (-c -O0,
#               -c --dense-points; may be repeated)
#   -n FILE     an object or archive of machine code that is in the program (may
#               be repeated)
#   -h          this help
#
# BUILD is the build tree or an installed prefix. MERGED.bc is left by
# `popcorn-clang -popcorn-save-temps=DIR`, as DIR/merged.bc. COMMAND is run by
# bash with the program's path in $PROGRAM (for another ISA it starts under
# qemu) and must exit 0 if the program is right:
#
#   bisect-passes.sh build t/merged.bc '$PROGRAM 0 | grep -qx 100000000'
#
# Prints the judge's verdict and the first run of a pass with which the program is
# wrong: its number, the pass, the function. Exit status: 0 found; 1 nothing to
# find (right, or wrong in plain code too); 2 wrong use.
set -euo pipefail

usage() { sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; }
die() { printf 'bisect-passes: %s\n' "$*" >&2; exit 2; }

isa=$(uname -m) options=() code=() whole=(--whole)
while getopts i:c:n:h option; do
    case $option in
    i) isa=$OPTARG ;;
    c) options+=("$OPTARG") ;;
    n) code+=(--object "$OPTARG") whole=() ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 3 ] || { usage >&2; exit 2; }
parts=$1/lib/popcorn merged=$2
shift 2
[ -x "$parts/popcorn-codegen" ] || die "$parts/popcorn-codegen: not there"
[ -r "$merged" ] || die "$merged: cannot be read"
[ -d "$parts/isa/$isa" ] || die "$isa: no such ISA"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for each in "$parts"/isa/*; do
    options+=(--isa "${each##*/}=$work/${each##*/}.o")
done
image=$work/image PROGRAM=$work/program
[ "$isa" = "$(uname -m)" ] || runner=qemu-$isa
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${runner:-}" "$image" >"$PROGRAM"
chmod +x "$PROGRAM"
export PROGRAM

build() { # build OPTION...: the image; $work/last is what popcorn-codegen says
    "$parts/popcorn-codegen" "${options[@]}" "${whole[@]}" "$@" --object "$work/o.o" \
        --non-migrating "$parts/non-migrating.list" "$merged" 2>"$work/last" ||
        { cat "$work/last" >&2; exit 2; }
    "$parts/popcorn-align" --lib "$parts" --host "$isa" -o "$image" \
        --object "$work/o.o" "${code[@]}" --object "$parts/lto/strings.a"
}
right() { bash -c "$*" >"$work/out" 2>&1; }
number() { sed -n "s/^popcorn-codegen: $isa: run \([0-9]*\) of \([0-9]*\): .*/\\$1/p" "$work/last"; }

build --plain
right "$@" || { echo "wrong in plain code too: not a pass of popcorn-codegen"; exit 1; }
echo "plain code of $isa is right"
build
if right "$@"; then
    echo "popcorn-codegen's code is right too: nothing to find"
    exit 1
fi
build --pass-limit=1000000000
right "$@" && die "right when numbered: not a matter of passes"
good=0 bad=$(number 2)
build --pass-limit=0
right "$@" || { echo "wrong without any pass that may be left out"; exit 0; }
echo "popcorn-codegen's is wrong; looking among $bad runs of passes"
while [ $((bad - good)) -gt 1 ]; do
    middle=$(((good + bad) / 2))
    build --pass-limit=$middle
    if right "$@"; then good=$middle; else bad=$middle; fi
done
build --pass-limit="$bad"
sed -n "s/^popcorn-codegen: $isa: \(run .*\)/first wrong with \1/p" "$work/last"
