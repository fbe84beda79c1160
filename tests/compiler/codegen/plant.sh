#!/usr/bin/env bash
# A planted fault (compiler/llvm-passes/codegen/faults.def) must not get past the
# verifier, on any ISA: exit 1, function named, no object written. Without one
# the same program is built at once. A function that was built again is the only
# one whose code differs, and is verified again.
#   plant.sh BUILD [FAULT...]
set -euo pipefail
build=$1
shift
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

neutral "$here/plant.c" "$work/p.bc"
rebuilt() { # rebuilt X86_64 AARCH64: so many functions were built again
    grep -q "x86_64 $1, aarch64 $2, functions rebuilt without hoisting" \
        "$work/err" &&
        grep -q 'x86_64 0, aarch64 0, functions rebuilt without optional' \
            "$work/err" || { cat "$work/err"; exit 1; }
}
both() {
    "$codegen" --stats "$@" --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" \
        "$work/p.bc" 2>"$work/err" || { cat "$work/err"; exit 1; }
}
both
rebuilt 0 0
plainly() { # plainly FUNCTION: copies its code, as it is now, to FUNCTION.ISA
    local isa
    for isa in x a; do
        llvm-objcopy-19 --dump-section ".text.$1=$work/$1.$isa" "$work/$isa.o" \
            /dev/null
    done
}
for f in step many; do plainly $f; done

# A fault that goes with the pass that made it: built again, noted, counted.
both --plant-fault=rebuild-remat
grep "built again with fewer passes: many, call site" "$work/err" | head -n 1
rebuilt 1 1
for f in step many; do
    for isa in x a; do
        llvm-objcopy-19 --dump-section ".text.$f=$work/again" "$work/$isa.o" /dev/null
        same=yes
        cmp -s "$work/again" "$work/$f.$isa" || same=no
        case $f.$isa.$same in
        step.*.yes | many.*.no) ;;
        *) echo "$f.$isa: after a rebuild of many, unchanged: $same"; exit 1 ;;
        esac
    done
done

# One that stays at every level is found in each rebuild, and is an error.
status=0
"$codegen" --plant-fault=rebuild-never --isa x86_64="$work/o.o" "$work/p.bc" \
    2>"$work/err" || status=$?
again=$(grep -c 'built again with fewer passes: many, ' "$work/err" || true)
if [ "$status.$again" != 1.2 ] || [ -e "$work/o.o" ] ||
    ! grep 'x86_64: many, call site .*is live across it' "$work/err" | tail -n 1; then
    echo "rebuild-never: exit $status, built again $again times"
    exit 1
fi

caught() { # caught FAULT TEXT
    local isa status
    [ ${#only[@]} -eq 0 ] || [[ " ${only[*]} " == *" $1 "* ]] || return 0
    for isa in $(isas "$build"); do
        status=0
        "$codegen" --plant-fault="$1" --isa "$isa=$work/o.o" "$work/p.bc" \
            2>"$work/err" || status=$?
        [ "$status" -eq 1 ] || { echo "$1, $isa: exit $status"; exit 1; }
        grep -Em1 "$isa: many, .*$2" "$work/err" || {
            echo "$1, $isa: none of these is: $2"
            cut -c1-200 "$work/err"
            exit 1
        }
        if [ -e "$work/o.o" ] || [ -e "$work/o.o.part" ]; then
            echo "$1, $isa: an object is left"
            exit 1
        fi
    done
}
only=("$@")
caught skip-remat 'call site [0-9]+ .*register .* is live across it, defined by: '
caught drop-live-value 'call site [0-9]+ .*live across it, .*by: '
caught drop-entry 'call site [0-9]+ .*its record has [0-9]+ entries for'
caught unlisted-register 'it redefines .* without listing it'
caught drop-slot 'stack slot [0-9]+ is live across it, stored by: '
caught drop-slot 'a live value is in stack slot [0-9]+, which nothing has stored'
caught unwritten-register 'a live value is in .*, which nothing has written'
caught lost-register 'live value in .*, which the callee may overwrite'
caught slot-address 'a live value is the address of a stack slot'
caught late-argument "an argument on the caller's stack is read after"
caught large-frame 'the frame has 7[0-9]* bytes, the most is 65535'
caught variable-frame 'the frame has an object of variable size'
caught moving-stack 'the stack pointer moves inside the function'
caught unknown-access 'unknown access to the frame'
caught frame-address 'it is given the address of a stack object, in '
caught escaped-address 'the address of a stack object is stored to memory'
caught shared-slot 'two live values are in stack slot [0-9]+'
neutral "$here/landings.c" "$work/p.bc" -fexceptions
caught lost-landing 'call site [0-9]+ lands at [0-9]+, which is not in the code'
