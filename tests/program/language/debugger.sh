#!/usr/bin/env bash
# What a debugger shows of debugger.c, built with -g: gdb or lldb stop in the image
# of each ISA, at -O0 and -O2.
#
#   debugger.sh BUILD gdb|lldb
#
# At -O0: function, line and locals of inner and outer, natively as under QEMU,
# with equal values, pointers to locals included. At -O2: functions and lines. The
# addresses of functions and data are those of the other image, and of nm. The code
# is what it is without -g.
set -euo pipefail
build=$(cd "$1" && pwd) debugger=$2
. "$(dirname "$0")/../../lib/isas.sh"
. "$(dirname "$0")/../../lib/soon.sh"
source=$(cd "$(dirname "$0")" && pwd)/debugger.c
work=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill "$qemu" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() {
    printf 'FAIL: %s, -%s, %s: %s\n' "$debugger" "$level" "$isa" "$*"
    [ ! -e "$work/$isa" ] || tail -n 40 "$work/$isa"
    exit 1
}
line() { # line WORD: of the source, where a comment says WORD
    grep -n "/\* $1 \*/" "$source" | cut -d: -f1
}
text() { # text PROGRAM: the code of its image for $isa
    "$build/lib/popcorn/popcorn-pack" extract "$1" "$isa" -o "$work/image"
    llvm-objcopy-19 --dump-section ".text=$work/section" "$work/image" /dev/null
    cat "$work/section"
}
at_O0() { [ "$level" != O0 ] || echo "$1"; }

# What the debugger says of image $isa, which stops once in inner.
with_gdb() {
    local start=run
    [ ! -S "$work/socket" ] || start="target remote $work/socket"
    cat >"$work/commands" <<GDB
set pagination off
set confirm off
set width 0
$([ "$start" = run ] || echo "$start")
break debugger.c:$(line BREAK)
$([ "$start" = run ] && echo run || echo continue)
echo == frames\n
bt
echo == inner\n
info locals
$(at_O0 'print *where')
echo == outer\n
up
info locals
$(at_O0 'print &pair')
echo == addresses\n
print (void *)inner
print (void *)outer
print (void *)main
$(at_O0 'print (void *)&step_sizes')
echo == end\n
kill
GDB
    timeout 600 gdb-multiarch -nx -batch -x "$work/commands" "$1"
}
with_lldb() {
    local start=run
    if [ -S "$work/socket" ]; then
        echo "process connect unix-connect://$work/socket"
        start='continue'
    fi >"$work/commands"
    cat >>"$work/commands" <<LLDB
breakpoint set -f debugger.c -l $(line BREAK)
$start
script print("== frames")
bt
script print("== inner")
frame variable
$(at_O0 'frame variable *where')
script print("== outer")
frame select 1
frame variable
$(at_O0 'expression -- &pair')
script print("== addresses")
expression -- (void *)&inner
expression -- (void *)&outer
expression -- (void *)&main
$(at_O0 'expression -- &step_sizes')
script print("== end")
kill
LLDB
    timeout 600 lldb-19 --no-lldbinit --batch --no-use-colors \
        -s "$work/commands" "$1"
}

part() { # part NAME: of what was said
    sed -n "/^== $1/,/^== /p" "$work/$isa" | grep -v '^=='
}
wants() { # wants PART PATTERN...
    local name=$1 pattern
    shift
    for pattern; do
        part "$name" | grep -qE -- "$pattern" || fail "no '$pattern' in $name"
    done
}
address() { # address SYMBOL: of the image, with no leading zeros
    nm "$work/program.$isa" | sed -n "s/^0*\([0-9a-f]*\) [a-zA-Z] $1\$/\1/p"
}

check() {
    local name
    for name in inner:BREAK outer:CALL main:TOP; do
        wants frames "\b${name%:*} ?\(?.* at (.*/)?debugger.c:$(line "${name#*:}")\b"
    done
    if [ "$level" = O0 ]; then
        wants inner 'sum = 138' 'own = .*a = 20, b = 30' 'a = 3, b = 55' \
            'local = .*10, .*11, .*12, .*13'
        wants outer 'i = 0' 'total = 0' 'pair = .*a = 3, b = 55' '0x[0-9a-f]{6,}'
        wants addresses "0x0*$(address step_sizes)\b"
    fi
    for name in inner outer main; do
        wants addresses "0x0*$(address $name)\b"
    done
}

# What must be equal in both images.
same() {
    { part inner; part outer; part addresses; } |
        sed -E '/^#1|^frame #1|^\(lldb\)/d'
}

for level in O0 O2; do
    isa=build
    "$build/bin/popcorn-clang" "-$level" -g "$source" -o "$work/program" \
        >"$work/$isa" 2>&1 || fail "popcorn-clang"
    "$build/bin/popcorn-clang" "-$level" "$source" -o "$work/plain" \
        >"$work/$isa" 2>&1 || fail "popcorn-clang"
    for isa in $(isas "$build"); do
        "$build/lib/popcorn/popcorn-pack" extract "$work/program" "$isa" \
            -o "$work/program.$isa"
        chmod +x "$work/program.$isa"
        text "$work/program" >"$work/text"
        text "$work/plain" | cmp - "$work/text" || fail "other code than without -g"
        rm -f "$work/socket"
        if [ "$isa" != "$(uname -m)" ]; then
            "qemu-$isa" -g "$work/socket" "$work/program.$isa" >/dev/null 2>&1 &
            qemu=$!
            soon test -S "$work/socket" || fail "QEMU does not open its socket"
        fi
        "with_$debugger" "$work/program.$isa" >"$work/$isa" 2>&1 </dev/null ||
            fail "exit status $?"
        [ -z "$qemu" ] || wait "$qemu" 2>/dev/null || true
        qemu=
        check
        same >"$work/$isa.same"
    done
    if [ "$level" = O0 ]; then # at -O2 registers differ, so what is known of locals
        diff "$work/x86_64.same" "$work/aarch64.same" || fail "is not as x86_64"
    fi
    echo "$debugger -$level: function, line$([ "$level" = O2 ] || echo ", locals") in both images"
done
