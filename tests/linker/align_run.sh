#!/bin/sh
# The aligned images run and agree; layout, frame maps and debug information.
. "$(dirname "$0")/common.sh"
make_lib
for isa in $isas; do
    program $isa
done
align --keep keep --stats --Map map >log 2>&1 || { cat log; fail "link"; }
grep -q "aarch64: text" log || fail "--stats printed nothing"
[ -s map ] && [ -s map.aarch64 ] || fail "no --Map"
./out >out.x86_64
[ $? = 42 ] || fail "exit status on x86_64"
grep -q "order 000000000000007b" out.x86_64 || fail "constructor order"
grep -q "set 000000000000000c" out.x86_64 || fail "__start_/__stop_"
grep -q "native 000000000000002a" out.x86_64 || fail "native code"
"$bin/popcorn-pack" verify out || fail "popcorn-pack verify"
"$bin/popcorn-pack" extract out aarch64 -o image || fail "extract"
cmp image keep/aarch64.elf || fail "the extracted image differs"
qemu-aarch64 ./image >out.aarch64
[ $? = 42 ] || fail "exit status on aarch64"
cmp out.x86_64 out.aarch64 || fail "the images' output differs"
for isa in $isas; do
    nm keep/$isa.elf | grep -q " kept_by_one$" || fail "$isa lacks kept_by_one"
    nm keep/$isa.elf | grep -q " dead_function$" && fail "dead code kept"
done

# strip keeps a multi-ISA binary whole and valid
strip -o stripped out || fail "strip"
"$bin/popcorn-pack" verify stripped || fail "stripped binary is not valid"
./stripped >/dev/null
[ $? = 42 ] || fail "stripped binary does not run"

# equal inputs give equal outputs
align || fail "second link"
mv out again
align && cmp out again || fail "the link is not reproducible"

# frame maps: in, at the end, found by their symbols, nothing moved
for isa in $isas; do
    with_statepoints $isa 2
done
align --keep keep || fail "link with statepoints"
mv out again
align && cmp out again || fail "the link with frame maps is not reproducible"
./out >out.x86_64
[ $? = 42 ] || fail "exit status with frame maps"
nm keep/x86_64.elf | grep -q " dead_call_site$" && fail "stack maps keep code"
llvm-readelf-19 -S keep/x86_64.elf >sections
grep -q "llvm_stackmaps" sections && fail "raw stack maps in the image"
llvm-objcopy-19 --dump-section .popcorn.framemap=blob keep/x86_64.elf /dev/null
cmp blob keep/x86_64.framemap || fail "the blob is not in the image"
start=$(nm keep/x86_64.elf | sed -n 's/ . __popcorn_framemap_start$//p')
grep "popcorn.framemap" sections | grep -q "$start" || fail "framemap_start"

# a call site that one ISA lacks is worth a warning, not more
with_statepoints aarch64 7
align >log 2>&1 || { cat log; fail "link with differing call sites"; }
grep -q "warning: 2 call sites are not on every ISA (call site 2 in" log ||
    { cat log; fail "no warning about call sites"; }

# -g: debug information stays, and names our source
for isa in $isas; do
    program $isa -g
done
align --keep keep || fail "link with -g"
llvm-readelf-19 -S keep/aarch64.elf | grep -q debug_info || fail "no DWARF"
address=$(nm keep/aarch64.elf | sed -n 's/ . choose$//p')
llvm-symbolizer-19 -e keep/aarch64.elf 0x$address | grep -q program.c ||
    fail "no line information"

# other host, output to a device
align --host aarch64 || fail "--host"
"$bin/popcorn-pack" list out | grep "aarch64" | grep -q "this file" ||
    fail "--host aarch64 is not the host image"
"$bin/popcorn-align" --lib lib -o /dev/null --isa x86_64=program_x86_64.o \
    --isa aarch64=program_aarch64.o || fail "-o /dev/null"
[ -c /dev/null ] || fail "/dev/null was replaced"
echo ok
