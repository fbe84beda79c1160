#!/usr/bin/env bash
# popcorn-clang as a linker: programs from .c, .o and .a, what is refused, and
# code that is native for each ISA.  Each program runs on this machine.
#   link.sh BUILD [-flto]
. "$(dirname "$0")/checks.sh"
prints() { # WHAT TEXT PROGRAM ARGS...
    { "${@:3}" >out 2>err && [ "$(cat out)" = "$2" ]; } || problem "$1"
}

cat >main.c <<'C'
#include <stdio.h>
#include <math.h>
int twice(int), one(void);
int main(int argc, char **argv)
{
    printf("%d %d %.3f %s\n", twice(21), one(), sqrt(argc + 1.0), argv[argc - 1]);
    return 0;
}
C
echo 'int twice(int x) { return 2 * x; }' >twice.c
echo 'int one(void) { return 1; }' >one.c
expected='42 1 1.732 end'

good "objects" "$cc" -O2 -c twice.c one.c main.c
good "archive" "$build/bin/popcorn-ar" rcs libone.a one.o
good ".c, .o and -l" "$cc" -O2 main.c twice.o -L. -lone -lm -o mixed
prints ".c, .o and -l" "$expected" ./mixed end
good "three sources" "$cc" main.c twice.c one.c -o sources -MD
prints "three sources" "$expected" ./sources end
[ -s twice.d ] && grep -q '^twice.o:' twice.d || problem "-MD in a link"
good "archive by name, -O0, -g" "$cc" -O0 -g -static -pie -s -Wl,-z,relro,-z,now \
    -Wl,--start-group libone.a twice.o main.o -Wl,--end-group -lpthread -lgcc
prints "a.out" "$expected" ./a.out end
good "-O3" "$cc" -O3 main.c twice.c one.c -o o3
prints "-O3" "$expected" ./o3 end
good "what libtool passes" "$cc" main.o twice.o -L. -l:libone.a -lpthread -lrt \
    -ldl -lutil -lcrypt -lresolv -lc -pthread -Wl,-Bstatic -lone -Wl,-Bdynamic \
    -Wl,-rpath -Wl,/none -Wl,--export-dynamic -Xlinker --as-needed -o libtool
prints "what libtool passes" "$expected" ./libtool end
mkdir saved
good "save-temps" "$cc" -popcorn-save-temps=saved main.o twice.o one.o -o kept
[ -s saved/link/aarch64.elf ] || problem "-popcorn-save-temps keeps nothing"
good "-v" "$cc" -v main.o twice.o one.o -o verbose
grep -q popcorn-align err || problem "-v does not show the link"

bad "undefined symbol" "undefined symbol 'one', used by" "$cc" main.c twice.c -o u
[ "$mode" = -flto ] || bad "its place" "main.c, function 'main'; link the object" \
    "$cc" main.c twice.c -o u
[ "$mode" != -flto ] ||
    bad "undefined symbol, -g" "main.c:6" "$cc" -g main.c twice.c -o u
[ ! -e u ] || problem "a program in spite of an undefined symbol"
bad "two definitions" "twice" "$cc" main.c one.c twice.c twice.o -o u
bad "missing library" "no libnone.a" "$cc" main.o -lnone
bad "shared library only" "is a shared object" \
    sh -c "touch libsh.so; '$cc' main.o -L. -lsh"
good "native compiler" clang-19 -c one.c -o elf.o
bad "native object" "elf.o: a native object (ELF)" "$cc" main.o twice.o elf.o
good "native archive" "$build/bin/popcorn-ar" rcs libelf1.a elf.o
bad "native object in an archive" "libelf1.a(elf.o): a native object" \
    "$cc" main.o twice.o -L. -lelf1
if [ "$mode" != -flto ]; then
    good "bitcode by itself" "$cc" -flto -c main.c twice.c one.c
    good "bitcode by itself" "$cc" main.o twice.o one.o -lm -lc -o whole
    prints "bitcode by itself" "$expected" ./whole end
    good "objects" "$cc" -O2 -c main.c twice.c one.c
    good "bitcode in an archive" "$cc" -flto -c one.c -o other.o
    good "bitcode in an archive" "$build/bin/popcorn-ar" rcs libother.a other.o
    good "bitcode in an archive" "$cc" main.o twice.o libother.a -o whole
    prints "bitcode in an archive" "$expected" ./whole end
    bad "bitcode in an archive, -r" "made with -flto cannot be merged" \
        "$cc" -r twice.o libother.a -o u
fi
# Objects of both kinds in one program: each calls the other, and libc is there once.
cat >kinds1.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern int shared_counter, common_counter[];
__attribute__((weak)) int chosen(void) { return 1; }
int kinds2(int), kinds3(const char *, ...);
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
__attribute__((constructor)) static void start(void) { shared_counter += 1; }
int sort_here(int *values, int n) { qsort(values, n, sizeof(int), compare); return values[0]; }
int main(int argc, char **argv)
{
    char *text = strdup(argv[argc - 1]);
    printf("%d %d %d ", kinds2(argc), chosen(), kinds3("%s %d", text, common_counter[3]));
    free(text);
    printf("%d\n", shared_counter);
}
C
cat >kinds2.c <<'C'
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
int shared_counter = 10, common_counter[8], sort_here(int *, int);
int chosen(void) { return 2; }
__attribute__((constructor)) static void start(void) { shared_counter += 2; }
int kinds2(int x)
{
    int *values = calloc(4, sizeof(int));
    values[1] = values[2] = -x;
    int first = sort_here(values, 4);
    free(values);
    printf("%g ", fma(x, 0.5, first)); /* a function on one ISA, an instruction on the other */
    return first;
}
int kinds3(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vprintf(format, list);
    va_end(list);
    return n;
}
C
expected_kinds='-1 end 0-2 2 5 13'
for first in -flto -fno-lto; do
    second=-fno-lto
    [ $first = -flto ] || second=-flto
    good "both kinds" "$cc" -O2 -fcommon $first -c kinds1.c
    good "both kinds" "$cc" -O2 -fcommon $second -c kinds2.c
    good "both kinds" "$cc" kinds1.o kinds2.o -lm -o kinds
    prints "both kinds, $first first" "$expected_kinds" ./kinds end
    rm -f libkinds.a libkind2.a
    good "both kinds" "$build/bin/popcorn-ar" rcs libkinds.a kinds2.o kinds1.o
    good "both kinds" "$build/bin/popcorn-ar" rcs libkind2.a kinds2.o
    good "both kinds" "$cc" $first -L. -lkinds -o kinds
    prints "both kinds in one archive" "$expected_kinds" ./kinds end
    good "both kinds" "$cc" kinds1.o -L. -lkind2 -o kinds
    prints "one kind in an archive" "$expected_kinds" ./kinds end
    good "both kinds, whole archive" "$cc" kinds1.o -Wl,--whole-archive -lkind2 \
        -Wl,--no-whole-archive -L. -o kinds
    prints "both kinds, whole archive" "$expected_kinds" ./kinds end
    bad "both kinds, undefined" "undefined symbol 'kinds3'" "$cc" kinds1.o twice.o -o u
    bad "both kinds, twice" "kinds3" "$cc" kinds1.o kinds2.o -Wl,--whole-archive libkind2.a -o u
done
good "machine code, linked with -flto" "$cc" -O2 -fno-lto -c main.c twice.c one.c
good "machine code, linked with -flto" "$cc" -flto main.o twice.o one.o -o whole
prints "machine code, linked with -flto" "$expected" ./whole end
good "-r and bitcode" "$cc" -O2 -fno-lto -r twice.o one.o -o both.o
good "-r and bitcode" "$cc" -O2 -flto -c main.c
good "-r and bitcode" "$cc" main.o both.o -o whole
prints "-r and bitcode" "$expected" ./whole end
good "-r and bitcode in an archive" "$build/bin/popcorn-ar" rcs libboth.a both.o
bad "-r and bitcode in an archive" "both.o): an object of -r in an archive" \
    "$cc" main.o -L. -lboth -o u
good "objects" "$cc" -O2 -c main.c twice.c one.c
# A call of a weak function that nobody defines ends on each ISA as one through a null
# pointer does.
cat >weak.c <<'C'
int nobody(int) __attribute__((weak)), somebody(int) __attribute__((weak));
int somebody(int x) { return x; }
int main(int argc, char **argv)
{
    (void)argv;
    return (nobody != 0) + somebody(2) + (argc > 1 ? nobody(3) : 0);
}
C
good "weak functions" "$cc" -O2 weak.c -o weak
"$build/lib/popcorn/popcorn-pack" extract weak aarch64 -o weak.aarch64
for program in ./weak "qemu-aarch64 ./weak.aarch64"; do
    $program
    [ $? = 2 ] || problem "weak functions: $program"
    $program 1 2>err
    [ $? = 139 ] || problem "call of a weak function: $program"
done
# A function whose only call does not return has a frame all the same.
cat >noreturn.c <<'C'
#include <stdlib.h>
__attribute__((noinline)) int check(const int *value)
{
    if (value[1] != 0) {
        exit(7);
    }
    return value[0];
}
int main(int argc, char **argv)
{
    int values[] = {argc, 0, argc, argv[0] != NULL};
    return check(values) + check(values + 2);
}
C
good "a call that does not return" "$cc" -O2 noreturn.c -o noreturn
./noreturn
[ $? = 7 ] || problem "a call that does not return"

# -r: what it makes is linked whole, by itself and out of an archive.
if [ "$mode" != -flto ]; then
    echo 'static int help(void) { return 20; } int one(void) { return help() - 19; }' >r1.c
    echo 'static int help(void) { return 2; } int twice(int x) { return help() * x; }' >r2.c
    good "objects for -r" "$cc" -O1 -g -c r1.c r2.c
    good "-r" "$cc" -r -nostdlib r1.o r2.o -o both.o
    "$build/bin/popcorn-nm" both.o >out
    grep -q ' T one$' out && grep -q ' T twice$' out || problem "-r: symbols"
    good "link of -r" "$cc" main.o both.o -o whole
    prints "link of -r" "$expected" ./whole end
    good "-r of -r" "$cc" -Wl,-r both.o main.c -o three.o
    good "archive of -r" "$build/bin/popcorn-ar" rcs libthree.a three.o
    good "archive of -r" "$cc" -L. -lthree -o whole
    prints "archive of -r" "$expected" ./whole end
    bad "twice in -r" "duplicate symbol" "$cc" -r both.o r1.o -o no.o
    good "ld -r" ld -r r1.o r2.o -o foreign.o
    bad "ld -r" "ld -r" "$cc" main.o foreign.o -o u
else
    bad "-r" "make an archive instead" "$cc" -r one.o twice.o -o both.o
fi
POPCORN_CLANG_OPTIONS="-DVALUE=5 -O1" good "POPCORN_CLANG_OPTIONS" "$cc" -c -x c - -o v.o \
    <<<'int v = VALUE;'
echo 'int f(int); int main(void) { return f(1); }' >knr1.c
echo 'int f(int a, ...) { return a - 1; }' >knr2.c
bad "calls that disagree about ..." "disagrees with its definition" \
    "$cc" -O1 knr1.c knr2.c -o u

# One source for each ISA.
cat >add.S <<'S'
    .globl native_add
    .type native_add, %function
native_add:
#if defined(__x86_64__)
    lea (%rdi,%rsi), %eax
#else
    add w0, w0, w1
#endif
    ret
    .section .note.GNU-stack,"",%progbits
S
cat >native.c <<'C'
int native_mul(int a, int b)
{
    int result;
#if defined(__x86_64__)
    __asm__("imul %2, %0" : "=r"(result) : "0"(a), "r"(b));
#else
    __asm__("mul %w0, %w1, %w2" : "=r"(result) : "r"(a), "r"(b));
#endif
    return result;
}
C
cat >uses.c <<'C'
#include <stdio.h>
int native_add(int, int), native_mul(int, int);
int main(void)
{
    printf("%d %d\n", native_add(40, 2), native_mul(6, 7));
}
C
good "-popcorn-native" "$cc" -O2 -popcorn-native -c add.S native.c
good "native archive" "$build/bin/popcorn-ar" rcs libnat.a native.o
good "link with native code" "$cc" -O2 uses.c add.o -L. -lnat -o nat
prints "native code" "42 42" ./nat
echo 'int printf(const char *, ...); int native_add(int a, int b) { return printf("x") + a + b; }' >vn.c
echo 'int native_add(int, int); int printf(const char *, ...); int main(void) { printf("y"); return native_add(1, 2); }' >vm.c
good "native call of printf" "$cc" -popcorn-native -c vn.c
bad "native call of printf" "native code calls the variadic function 'printf'" \
    "$cc" vm.c vn.o -o u

# Atomics of native code need nothing from outside, and a store's status is looked at.
cat >atomic_native.c <<'C'
#include <stdatomic.h>
_Atomic int n;
_Atomic float f;
double d;
int native_atomics(int x)
{
    int expected = 0;
    atomic_fetch_add(&f, 1.5f);
    __atomic_fetch_add(&d, 0.25, __ATOMIC_SEQ_CST);
    atomic_compare_exchange_strong(&n, &expected, 5);
    return atomic_fetch_add(&n, x) + (int)(4 * (f + d));
}
C
echo 'int native_atomics(int); int main(void) { return native_atomics(1); }' >atomic.c
for level in 0 1 2; do
    good "native atomics" "$cc" -O$level -popcorn-native -c atomic_native.c
    mkdir parts.$level
    good "native atomics" "$cc" -O$level -popcorn-save-temps=parts.$level atomic.c \
        atomic_native.o -o atomic
    ./atomic
    [ $? = 12 ] || problem "native atomics at -O$level"
    "$build/lib/popcorn/popcorn-pack" extract atomic aarch64 -o parts.$level/image
    llvm-objdump-19 --disassemble-symbols=native_atomics parts.$level/image >out 2>err
    grep -qE 'st[a-z]?xr' out || problem "native atomics: no store-exclusive"
    ! grep -E 'st[a-z]?xr[a-z]*[[:space:]]+wzr' out || problem "the status of a store is lost"
done

# Small integers: each side extends what it is given. What the two would look
# for in different places is refused.
cat >small_native.c <<'C'
struct flags { _Bool a : 1, b : 1; };
_Bool flag(const struct flags *f);
signed char low(unsigned long x);
long small(signed char c, _Bool b, unsigned short s, short t)
{
    return c + 1000L * b + 100000L * s + 10000000000L * t;
}
int back(unsigned long x) { return flag((const struct flags *)&x) + 2 * low(x); }
struct two { long a, b; };
struct two pair(long a) { return (struct two){a, a + 1}; }
C
cat >small.c <<'C'
#include <stdio.h>
struct flags { _Bool a : 1, b : 1; };
struct two { long a, b; };
long small(signed char, _Bool, unsigned short, short);
int back(unsigned long);
struct two pair(long);
_Bool flag(const struct flags *f) { return f->b; }
signed char low(unsigned long x) { return (signed char)x; }
volatile unsigned long big = 0x123456789abcdef6;
int main(void)
{
    unsigned long x = big;
    struct two p = pair(5);
    printf("%ld %d %ld %ld\n", small((signed char)x, (x >> 4) & 1, (unsigned short)x, (short)x),
           back(big), p.a, p.b);
}
C
for level in 0 2; do
    good "small integers" "$cc" -O$level -popcorn-native -c small_native.c
    good "small integers" "$cc" -O$level small.c small_native.o -o small
    prints "small integers" "-84574292199010 -19 5 6" ./small
done
while read -r text; do
    echo "struct mix { long l; double d; }; struct two { float a, b; }; $text" >unlike.c
    bad "$text" "native code passes in another way" "$cc" -popcorn-native -c unlike.c
done <<'C'
long f(struct mix m) { return m.l; }
long f(struct two t) { return t.a; }
long f(struct { long x[3]; } t) { return t.x[1]; }
struct mix f(long l) { return (struct mix){l, l}; }
_Complex float f(float a) { return a; }
long f(long double a) { return a; }
long f(struct mix); long g(struct mix *m) { return f(*m); }
C

# Statistics, of each link in turn.
good "-popcorn-stats=FILE" "$cc" -popcorn-stats=counts uses.c add.o -L. -lnat -o nat
good "-popcorn-stats=FILE, again" "$cc" -popcorn-stats=counts uses.c add.o -L. -lnat -o nat
prints "-popcorn-stats=FILE" 2 grep -c 'x86_64 0, aarch64 0, functions rebuilt without hoisting' counts
bad "-popcorn-stats=FILE" "cannot write none/counts" \
    "$cc" -popcorn-stats=none/counts uses.c add.o -L. -lnat -o nat

# make's own rules, with several jobs.
cat >Makefile <<'M'
CFLAGS = -O2 -g
LDLIBS = -lm
all: main
main: main.o twice.o libone2.a
libone2.a: libone2.a(one.o)
M
good "make" make -s -j2 CC="$cc" AR="$build/bin/popcorn-ar" \
    RANLIB="$build/bin/popcorn-ranlib" main
prints "make" "$expected" ./main end

[ -z "$(ls tmp)" ] || { ls tmp; problem "temporary files left"; }
[ "$failed" = 0 ] && echo "link: ok"
exit "$failed"
