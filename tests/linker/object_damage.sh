#!/bin/sh
# Every byte of an object and of archives changed, and every truncation: see
# objects_test.c. $3: that program.
make_object=$2
. "$(dirname "$0")/common.sh"
echo "int f(void) { return 3; } int d = 4;" >f.c
module f 2 "define f m" "define d -" "require memcpy" "call printf v" "address qsort" "call a%20b 0"
llvm-objcopy-19 --dump-section .popcorn.module=record f.o /dev/null
cat >expected <<END
popcorn-module 1
abi 1
host x86_64
isa aarch64 $(wc -c <f.aarch64) HASH
code neutral
id $(cat f.x86_64 f.aarch64 | sha256sum | cut -c1-64)
sites 2
define f m
define d -
require memcpy
call printf v
address qsort
call a%20b 0
end
END
sed 's/^\(isa aarch64 [0-9]*\) [0-9a-f]\{16\}$/\1 HASH/' record | cmp - expected ||
    { cat record; fail "the record is not what docs/formats.md says"; }
llvm-objcopy-19 --dump-section .popcorn.isa.aarch64=part f.o /dev/null
cmp part f.aarch64 || fail "the other part has changed"
cp f.o a_name_that_is_too_long_for_a_header.o
llvm-ar-19 rcs f.a f.o a_name_that_is_too_long_for_a_header.o
"$3" f.o f.a || exit 1

# A broken-off write leaves nothing, a device stays one.
cp f.o before
object /dev/null f.x86_64 f.aarch64
[ -c /dev/null ] || fail "/dev/null was replaced"
echo "nonsense" | "$make_object" f.o x86_64=f.x86_64 aarch64=f.aarch64 2>log &&
    fail "a bad record was written"
cmp f.o before || fail "a failed write changed the file"
[ "$(ls f.o*)" = f.o ] || fail "left behind: $(ls f.o*)"
