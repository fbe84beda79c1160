#!/usr/bin/env bash
# -shared: what stands for a shared object is linked statically, with what it needs,
# and all of it if any: its constructors run.
#   shared.sh BUILD
. "$(dirname "$0")/checks.sh"

cat >base.c <<'C'
#include <math.h>
static int started;
__attribute__((constructor)) static void start(void) { started = 7; }
int base_started(void) { return started; }
C
cat >root.c <<'C'
#include <math.h>
double root(double x) { return cbrt(x) + 1; }
C
cat >up.c <<'C'
double root(double);
double up(double x) { return root(x) * 2; }
C
cat >main.c <<'C'
#include <stdio.h>
#include <stdlib.h>
double up(double);
int base_started(void) __attribute__((weak));
int main(int argc, char **argv)
{
    printf("%g %d\n", up(atof(argv[1])), base_started ? base_started() : -1);
    return argc != 2;
}
C
runs() { # PROGRAM
    [ "$("./$1" 27 2>err)" = "8 7" ] || problem "$1"
}
good "-c -fPIC" "$cc" -O2 -fPIC -c base.c root.c up.c main.c
mkdir lib
good "a library" "$cc" -shared -fPIC -Wl,-soname,libroot.so.1 -o lib/libroot.so.1.0 base.o root.o -lm
ln -s libroot.so.1.0 lib/libroot.so
good "a library that needs it" "$cc" -shared up.c -o libup.so -Llib -lroot
good "-l" "$cc" main.o -L. -lup -o with_l
runs with_l
good "by its path" "$cc" main.o libup.so -o with_path
runs with_path
good "both" "$cc" main.o libup.so lib/libroot.so -o with_both
runs with_both
good "-Wl,--whole-archive" "$cc" main.o -Wl,--whole-archive libup.so -Wl,--no-whole-archive -o with_whole
runs with_whole
good "-flto at the link" "$cc" -flto main.c libup.so -o with_lto
runs with_lto

# Convenience libraries go into it as libtool asks.
good "an archive" "$build/bin/popcorn-ar" rcs libparts.a base.o root.o
good "-shared of an archive" "$cc" -shared -Wl,--whole-archive ./libparts.a -Wl,--no-whole-archive up.o -lm -o liball.so
good "its program" "$cc" main.o liball.so -o with_all
runs with_all
good "again, over the old one" "$cc" -shared up.o -o liball.so
[ "$(ar t liball.so | head -c 99)" = "$(printf 'liball.o\n__.LIBDEP')" ] || problem "members of the old one"

# An archive beside it comes first with -static, and only then.
good "an archive of it" "$build/bin/popcorn-ar" rcs libup.a up.o
bad "-static" "undefined symbol 'root'" "$cc" -static main.o -L. -lup -o static
good "-static, all named" "$cc" -static main.o -L. -lup -lparts -o static
[ "$(./static 27)" = "8 -1" ] || problem "-static: its own rules of archives"

# Installed elsewhere, and lost.
mv lib moved
good "moved, -L" "$cc" main.o libup.so -Lmoved -o with_moved
runs with_moved
bad "lost" "libup.so needs $work/lib/libroot.so.1.0, which is not there any more" \
    "$cc" main.o libup.so -o lost
good "-flto -c" "$cc" -flto -c up.c -o up.bc.o
bad "-shared of bitcode" "-shared: objects made with -flto" "$cc" -shared up.bc.o -o bc.so

# It moves like any program.
cp with_path moves
[ "$("$build/bin/popcorn" run --nodes x86_64,aarch64 --bounce 1 ./moves 27 2>err)" = "8 7" ] || problem "moved"

cat >open.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(void) { return dlopen("./libup.so", RTLD_NOW) != NULL || puts(dlerror()) < 0; }
C
good "dlopen" "$cc" open.c -o open
[[ $(./open) == *"linked statically"* ]] || problem "what dlopen says"

[ "$failed" = 0 ] && echo "shared: ok"
exit "$failed"
