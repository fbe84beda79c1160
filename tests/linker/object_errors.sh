#!/bin/sh
# What is wrong with multi-ISA objects, archives of them and what they say of each
# other: each with its message and no output.
make_object=$2
. "$(dirname "$0")/common.sh"
make_lib
cat >main.c <<'END'
int f(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return f(); }
END
echo "int f(void) { return 3; }" >f.c
module main
module f
link main.o f.o || fail "link of two objects"

# --- files that are no multi-ISA objects ---
compile x86_64 f.c native.o
expect_link_error "native.o: a native object (ELF), made by another compiler" main.o native.o
compile aarch64 f.c bitcode.o -flto
expect_link_error "bitcode.o: bitcode: it was compiled with -flto" main.o bitcode.o
expect_link_error "f.c: not an object, an archive or a C source" main.o f.c
: >empty.o
expect_link_error "empty.o: the file is empty" main.o empty.o
expect_link_error "nowhere.o: No such file" main.o nowhere.o
ld.lld-19 -shared native.o -o shared.so
expect_link_error "shared.so: a shared object; programs are linked" main.o shared.so
ld.lld-19 -e f native.o -o program
expect_link_error "program: a program, which cannot be linked into" main.o program
"$make_object" one.o x86_64=f.x86_64 <<END
code neutral
id $(printf '0%.0s' $(seq 64))
sites 0
END
expect_link_error "one.o: has no code for aarch64" main.o one.o

# --- damage ---
size=$(wc -c <f.o)
for bytes in 3 63 64 300 $((size / 2)) $((size - 64)) $((size - 1)); do
    head -c "$bytes" f.o >cut.o
    expect_link_error "cut.o: " main.o cut.o
done
llvm-objcopy-19 --dump-section .popcorn.module=record f.o /dev/null
llvm-objcopy-19 --dump-section .popcorn.isa.aarch64=part f.o /dev/null

# record EXPRESSION: bad.o is f.o with another record
record() {
    sed "$1" record >changed
    llvm-objcopy-19 --update-section .popcorn.module=changed f.o bad.o ||
        fail "objcopy"
}
record 's/popcorn-module 1/popcorn-module 9/'
expect_link_error "bad.o: made by another version of Popcorn (object format 9, this reads 1)" main.o bad.o
record 's/^abi .*/abi 99/'
expect_link_error "bad.o: made by another version of Popcorn (ABI 99, this is" main.o bad.o
record '/^end$/d'
expect_link_error "bad.o: truncated or corrupt: line" main.o bad.o
record 's/^sites.*/sites many/'
expect_link_error "bad.o: truncated or corrupt: line 7" main.o bad.o
record 's/^id ../id zz/'
expect_link_error "bad.o: truncated or corrupt: line 6" main.o bad.o
record 's/^end$/define f q\nend/'
expect_link_error "bad.o: truncated or corrupt: line 8" main.o bad.o
record 's/^end$/define f%2 -\nend/'
expect_link_error "bad.o: truncated or corrupt: line 8" main.o bad.o
record 's/^end$/unheard of\nend/'
expect_link_error "bad.o: truncated or corrupt: line 8" main.o bad.o
record 's/^isa aarch64 [0-9]*/isa aarch64 12/'
expect_link_error "bad.o: truncated or corrupt: its part for aarch64 is not whole" main.o bad.o
cp part other
printf x | dd of=other bs=1 seek=80 conv=notrunc 2>/dev/null
llvm-objcopy-19 --update-section .popcorn.isa.aarch64=other f.o bad.o
expect_link_error "bad.o: corrupt: its part for aarch64 has changed" main.o bad.o
llvm-objcopy-19 --remove-section .popcorn.isa.aarch64 f.o bad.o
expect_link_error "bad.o: truncated or corrupt: its part for aarch64" main.o bad.o

# what other tools make of them
ld.lld-19 -r f.o main.o -o joined.o || fail "ld -r"
expect_link_error "joined.o: made from several objects by a linker that does not know" joined.o
strip -g f.o -o less.o || fail "strip -g"
link main.o less.o || fail "strip -g spoils an object"
module f 0 "define f -"
llvm-objcopy-19 --localize-symbol=f f.o stripped.o
expect_link_error "stripped.o: it defines 1 symbols, and has only 0: strip or objcopy removed" main.o stripped.o

# --- archives ---
llvm-ar-19 rcs f.a f.o
link main.o f.a || fail "archive"
size=$(wc -c <f.a)
for bytes in 9 30 67 80 200 $((size - 64)); do
    head -c "$bytes" f.a >cut.a
    expect_link_error "cut.a" main.o cut.a
done
printf '!<arch>\n%-48s%-10s`\n' "f.o/" 99999999 >cut.a
expect_link_error "cut.a: damaged archive: a member is cut off" main.o cut.a
printf '!<arch>\n%-48s%-10s`\nabcd' "/77" 4 >cut.a
expect_link_error "cut.a: damaged archive: a member's name is not there" main.o cut.a
printf '!<arch>\n%-48s%-10s`\n\377\377\377\377' "/" 4 >cut.a
expect_link_error "cut.a: damaged archive: its index is cut off" main.o cut.a
llvm-ar-19 rcsT thin.a f.o
mv f.o away.o
expect_link_error "f.o: No such file" main.o thin.a
mv away.o f.o
llvm-ar-19 rcs foreign.a native.o
expect_link_error "foreign.a(native.o): a native object (ELF)" main.o foreign.a
llvm-ar-19 rcs lto.a bitcode.o
expect_link_error "lto.a(bitcode.o): bitcode: it was compiled with -flto" main.o lto.a
head -c 400 f.o >damaged.o
llvm-ar-19 rcS bare.a damaged.o
expect_link_error "bare.a(damaged.o): truncated or corrupt" main.o bare.a

# --- symbols ---
expect_link_error "duplicate symbol: f$" main.o f.o f.o
cp f.o second.o
expect_link_error ">>> defined in f.o" main.o f.o second.o
grep -q ">>> defined in second.o" log || fail "$(cat log)"
[ "$(grep -c "duplicate symbol" log)" = 1 ] || fail "said more than once: $(cat log)"
link main.o f.o second.o --allow-multiple-definition || fail "--allow-multiple-definition"
echo "int f(void) __attribute__((weak)); int main_neutral(int n) { return f ? f() : 9; } int neutral_answer(void) { return 1; }" >weak.c
module weak
link weak.o f.a || fail "weak"
./out
[ $? = 9 ] || fail "a weak reference takes a member, or is not null"
link weak.o f.o && ./out
[ $? = 3 ] || fail "a weak reference does not find its definition"
cat >many.c <<'END'
int missing(void), other(void);
int one(void) { return missing(); }
int two(void) { return missing() + 1; }
int three(void) { return missing() + 2; }
int four(void) { return missing() + other(); }
int dead(void) { return never_missed(); }
int main_neutral(int n) { return one() + two() + three() + four(); }
int neutral_answer(void) { return 1; }
END
sed -i 's/^int missing(void), other/int never_missed(void), missing(void), other/; s/^int \(one\|two\|three\|four\)/__attribute__((noinline)) &/' many.c
module many
expect_link_error "undefined symbol 'missing', used by many.c, function '[a-z]*' and 3 times more;" many.o
grep -q "undefined symbol 'other', used by many.c, function '[a-z]*';" log || fail "$(cat log)"
grep -q "never_missed" log && fail "what nothing needs is missed: $(cat log)"
grep -q "ld.lld" log && fail "ld.lld ran: $(cat log)"

# --- what modules know of each other ---
module f 0 "define f m"
module main 0 "require f"
expect_link_error "main.o: function 'main_neutral' calls 'f' as one in which a thread cannot move, but in f.o it can; compile both with -fno-builtin-f" main.o f.o
module f 0 "define f -"
link main.o f.o || fail "require of what cannot migrate"
module f 0 "define g -"
expect_link_error "f.o: corrupt: it defines f, of which its record says nothing" main.o f.o
code=native module f
link main.o f.o || fail "require of native code"
module main 0 "call f v"
expect_link_error "f.o: 'f' is native code with variadic arguments" main.o f.o
module f 0 "define f v"
link main.o f.o || fail "call of a variadic function"
module main 0 "call f f"
expect_link_error "main.o: function 'main_neutral' calls 'f' through a declaration that disagrees" main.o f.o
module main 0 "call f 0"
link main.o f.o 2>log || fail "call without arguments"
grep -q "warning: main.o: function 'main_neutral' calls 'f' without arguments and without its prototype" log ||
    fail "$(cat log)"
module f 0 "define f -"
module main 0 "call f v"
expect_link_error "disagrees with its definition about '...'" main.o f.o
module main 0 "call f f" "address f"
link main.o f.o || fail "address of a neutral function"
code=native module f
expect_link_error "takes the address of 'f', a native function" main.o f.o
echo "int f(void); int g(void) { return f(); }" >g.c
code=native module g
module f 0 "define f v"
module main
expect_link_error "g.o: native code calls the variadic function 'f'" main.o f.o g.o
echo ok
