#!/bin/sh
# Golden frame maps, bad input of popcorn-framemap, golden output of
# popcorn-dump.  $1: lib/popcorn, $2: popcorn-dump, $3: transform_test,
# $4: work folder.  UPDATE_GOLDEN=1 rewrites the golden files.
set -eu
here=$(dirname "$0")
root=$here/../../../..
. "$root/tests/lib/isas.sh"
isas=$(isas "$1/../..")
framemap=$1/popcorn-framemap
dump=$2
transform=$3
work=$4
failures=0
rm -rf "$work"
mkdir -p "$work"

fail() {
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

golden() { # name, file: byte-exact
    if [ "${UPDATE_GOLDEN:-}" = 1 ]; then
        cp "$2" "$here/golden/$1"
    elif ! diff -u "$here/golden/$1" "$2" >&2; then
        fail "$1 differs from tests/unit/runtime/stack/golden/$1"
    fi
}

link_sample() { # isa, output, clang options...
    isa=$1
    out=$2
    shift 2
    clang-19 --target="$isa-linux-musl" -I"$root" "$@" -c \
        "$here/sample_$isa.S" -o "$work/sample.o"
    ld.lld-19 -static -e outer -Ttext=0x11000000 -o "$out" "$work/sample.o"
}

for isa in $isas; do
    link_sample $isa "$work/$isa.elf"
    "$framemap" --isa $isa "$work/$isa.elf" -o "$work/$isa.pfm"
    od -An -v -tx1 "$work/$isa.pfm" >"$work/$isa.hex"
    golden "$isa.hex" "$work/$isa.hex"
    "$dump" --frame-maps "$work/$isa.pfm" >"$work/$isa.txt"
    golden "$isa.txt" "$work/$isa.txt"
done
"$dump" --json --frame-maps "$work/x86_64.pfm" >"$work/x86_64.json"
golden x86_64.json "$work/x86_64.json"
"$framemap" --compare "$work/x86_64.pfm" "$work/aarch64.pfm" ||
    fail "--compare: the samples agree"

# A portable thread state, written as hex in golden/state.hex.
for byte in $(cat "$here/golden/state.hex"); do
    printf "\\$(printf %03o "0x$byte")"
done >"$work/state.pts"
"$transform" "$work/x86_64.pfm" "$work/aarch64.pfm" --pts "$work/state.pts" ||
    fail "the golden state is not rebuilt and captured alike"
(cd "$work" && "$dump" --pts state.pts) >"$work/state.txt"
golden state.txt "$work/state.txt"
"$dump" --json --pts "$work/state.pts" >"$work/state.json"
golden state.json "$work/state.json"

refuses() { # expected text, command...
    expected=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then
        fail "accepted: $*"
    elif ! grep -q -- "$expected" "$work/err"; then
        fail "message of '$*' has no '$expected': $(cat "$work/err")"
    elif [ "$(wc -l <"$work/err")" -gt 12 ]; then
        fail "more than one message: $*"
    fi
}

# popcorn-framemap
refuses 'unknown ISA' "$framemap" --isa vax "$work/x86_64.elf" -o "$work/o"
refuses 'No such file' "$framemap" --isa x86_64 "$work/none" -o "$work/o"
refuses 'is for x86_64' "$framemap" --isa aarch64 "$work/x86_64.elf" -o "$work/o"
refuses 'not an ELF' "$framemap" --isa x86_64 "$here/samples.sh" -o "$work/o"
refuses 'usage' "$framemap" --isa x86_64
llvm-objcopy-19 --remove-section=.debug_frame "$work/x86_64.elf" "$work/nocfi"
refuses 'outer+.*call site 1.*no call-frame' \
    "$framemap" --isa x86_64 "$work/nocfi" -o "$work/o"

# One change each to the sample that must be refused, with what it must say.
plant() { # isa, sed script, expected text
    sed "$2" "$here/sample_$1.S" >"$work/planted.S"
    cmp -s "$work/planted.S" "$here/sample_$1.S" && fail "no change: $2"
    clang-19 --target="$1-linux-musl" -I"$root" -c "$work/planted.S" \
        -o "$work/planted.o"
    ld.lld-19 -static -e outer -Ttext=0x11000000 -o "$work/planted.elf" \
        "$work/planted.o"
    refuses "$3" "$framemap" --isa "$1" "$work/planted.elf" -o "$work/o"
}
plant x86_64 's/map_function outer, 40/map_function outer, 48/' \
    'outer+.*call site 1 on x86_64.*48 bytes.*56'
plant x86_64 's/map_value 1, 3, 0 /map_value 1, 13, 0 /' \
    'live value 0 is in r13, which the function did not save'
plant x86_64 's/map_value 1, 3, 0 /map_value 1, 17, 0 /' \
    'DWARF register 17'
plant x86_64 's/map_value 3, 7, 8 /map_value 2, 7, 8 /' 'control stack'
plant x86_64 's/map_value 3, 7, 8 /map_value 3, 7, 9 /' 'not in a word'
plant x86_64 's/map_value 3, 7, 8 /map_value 3, 3, 8 /' 'relative to rbx'
plant x86_64 's/map_record 4, inner, inner_return_2, 1/map_record 4, inner, inner_return_2, 0/; /map_record 4, inner, inner_return_2/,/map_record_end/{/map_value/d}' \
    'at its other return address'
plant x86_64 's/map_record 1, outer/map_record 0x500000001, outer/' \
    'none of Popcorn'
plant x86_64 's/map_header 3, 1, 4/map_header 3, 1, 5/' 'belong to no function'
plant x86_64 's/map_function middle, 40/map_function middle, -1/' \
    'variable size'
plant x86_64 's/map_value 3, 7, 8 /map_value 3, 7, 40 /' \
    'live value 1 is where the frame keeps its return address'
plant x86_64 's/map_value 3, 7, 8 /map_value 3, 7, 32 /' \
    'live value 1 is where the frame keeps its return address or a saved'
plant x86_64 's/cfi_offset %r12, -24/cfi_offset %r12, -16/' \
    'saves r12 where it keeps its return address or another'
plant x86_64 's/cfi_offset %rbx, -16/cfi_offset %rbx, -8/' \
    'saves rbx where it keeps its return address'
plant x86_64 's/map_record 4, inner/map_record 4000, inner/' \
    'far above the 4 call sites'
plant aarch64 's/cfi_def_cfa x29, 48/cfi_def_cfa x29, 64/' \
    'not a word of its frame'
plant aarch64 's/cfi_def_cfa x29, 48/cfi_def_cfa x30, 48/' \
    'cannot be a frame pointer'
plant aarch64 '/cfi_offset x30, -16/d' 'does not save its return address'

# --compare
sed 's/map_record 1, outer, outer_return, 4/map_record 1, outer, outer_return, 3/; /constant \*\//d' \
    "$here/sample_x86_64.S" | sed 's/map_record 0x100000002, middle, middle_return, 3/map_record 0x100000002, middle, middle_return, 3\n    map_value 4, 0, 1/' >"$work/planted.S"
clang-19 --target=x86_64-linux-musl -I"$root" -c "$work/planted.S" \
    -o "$work/planted.o"
ld.lld-19 -static -e outer -Ttext=0x11000000 -o "$work/planted.elf" \
    "$work/planted.o"
"$framemap" --isa x86_64 "$work/planted.elf" -o "$work/planted.pfm"
refuses 'call site 1 has 4 live values on' \
    "$framemap" --compare "$work/aarch64.pfm" "$work/planted.pfm"

# popcorn-dump: a value changed in a state, every truncation of every file, and a flipped bit.
for file in x86_64.pfm:--frame-maps state.pts:--pts; do
    path=$work/${file%:*}
    option=${file#*:}
    size=$(wc -c <"$path")
    at=0
    while [ $at -lt "$size" ]; do
        head -c $at "$path" >"$work/short"
        refuses 'popcorn-dump: ' "$dump" "$option" "$work/short"
        at=$((at + 13))
    done
done
{
    head -c 152 "$work/state.pts"
    printf '\022'
    tail -c +154 "$work/state.pts"
} >"$work/changed.pts"
refuses 'checksum' "$dump" --pts "$work/changed.pts"
refuses 'No such file' "$dump" "$work/none"
refuses 'neither' "$dump" "$here/samples.sh"
refuses 'usage' "$dump"

[ $failures -eq 0 ] || exit 1
echo "samples: ok"
