#!/usr/bin/env bash
# The questions a configure script asks a compiler, asked the way it asks them.
#   configure.sh BUILD
set -uo pipefail
build=$1
export CC=$build/bin/popcorn-clang
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

problem() {
    echo "FAILED: $1"
    failed=1
}
compile() { cat >conftest.c && "$CC" -g -O2 -c conftest.c 2>log; }
link() { cat >conftest.c && "$CC" -g -O2 -o conftest conftest.c "$@" 2>log; }
preprocess() { cat >conftest.c && "$CC" -E conftest.c >conftest.i 2>log; }

for option in --version -v; do
    "$CC" $option >/dev/null 2>&1 || problem "$option"
done
for option in -V -qversion; do
    ! "$CC" $option >/dev/null 2>&1 || problem "$option accepted"
done

# Default name of the program, whether it runs, its suffix and the object's.
link <<<'int main(void) { return 0; }' || problem "C compiler works"
echo 'int main(void) { return 0; }' >conftest.c
"$CC" conftest.c && [ -f a.out ] && ./a.out || problem "a.out"
compile <<<'int main(void) { return 0; }' && [ -f conftest.o ] ||
    problem "suffix of objects"
link <<<'#include <stdio.h>
int main(void) { FILE *f = fopen("conftest.out", "w"); return ferror(f) || fclose(f) != 0; }' &&
    ./conftest || problem "programs run (not cross compiling)"

# Which compiler, which dialect.
compile <<<'#ifndef __GNUC__
choke me
#endif' || problem "GNU C"
compile <<<'#ifndef __clang__
choke me
#endif' || problem "clang"
compile <<<'#include <stdbool.h>
_Static_assert(__STDC_VERSION__ >= 201112L, "C11"); bool b = true; _Alignas(16) char c;' ||
    problem "C11"

# Headers: there and not there; preprocessor and compiler agree.
for header in stdio.h stdlib.h string.h inttypes.h stdint.h strings.h sys/stat.h \
    sys/types.h unistd.h wchar.h pthread.h limits.h float.h stdarg.h; do
    compile <<<"#include <$header>" || problem "$header"
    preprocess <<<"#include <$header>" || problem "$header, preprocessed"
done
! compile <<<'#include <ac_nonexistent.h>' || problem "a header that is not there"
! preprocess <<<'#include <ac_nonexistent.h>' ||
    problem "a header that is not there, preprocessed"

# Functions: there and not there (by linking, with the wrong prototype).
for function in printf malloc memmove clock_gettime pthread_create strtold; do
    link <<<"char $function(); int main(void) { return $function(); }" ||
        problem "function $function"
done
! link <<<'char no_such_function(); int main(void) { return no_such_function(); }' ||
    problem "a function that is not there"
link -lm <<<'char cos(); int main(void) { return cos(); }' || problem "cos in -lm"
! link -lnosuchlib <<<'int main(void) { return 0; }' ||
    problem "a library that is not there"

# Sizes and byte order, computed and run.
compile <<<'int check[sizeof(long) == 8 && sizeof(void *) == 8 && sizeof(long double) == 16 ? 1 : -1];' ||
    problem "sizes"
link <<<'#include <stdio.h>
int main(void) { union { long l; char c[sizeof(long)]; } u = {1}; return u.c[0] != 1; }' &&
    ./conftest || problem "little endian"

# Flags.
for flag in -Wall -fno-strict-aliasing -fvisibility=hidden -pthread -fPIC; do
    "$CC" -Werror $flag -c conftest.c 2>log || problem "flag $flag"
done
! "$CC" -Werror -fno-such-flag -c conftest.c 2>log || problem "flag -fno-such-flag"

# Thread-local storage, atomics, dependency tracking.
compile <<<'static _Thread_local int x; int *f(void) { return &x; }' || problem "TLS"
link <<<'#include <stdatomic.h>
int main(void) { atomic_long x = 1; return atomic_fetch_add(&x, 1) != 1; }' &&
    ./conftest || problem "atomics"
echo 'int x;' >sub.c
"$CC" -MT sub.o -MD -MP -MF sub.Tpo -c -o sub.o sub.c && [ -s sub.Tpo ] ||
    problem "dependency tracking"

[ "$failed" = 0 ] && echo "configure: ok"
exit "$failed"
