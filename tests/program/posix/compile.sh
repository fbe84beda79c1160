#!/usr/bin/env bash
# Compiles a test of the suite to a module that registers itself with harness.c.
#
#   compile.sh CC SUITE OUT NAME
#
# NAME: its path in the suite's interfaces, such as pthread_create/1-1.
# Result: OUT/NAME.o.
set -eu
cc=$1 suite=$2 out=$3 name=$4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$(dirname "$out/$name")"
wrapped=$out/$name.wrapped.c
cat >"$wrapped" <<C
#include "$suite/conformance/interfaces/$name.c"
void posix_register(const char *, int (*)(int, char **, char **));
__attribute__((constructor)) static void posix_constructor(void)
{
    posix_register("$name", (int (*)(int, char **, char **))main);
}
C
"$cc" -O2 -w -std=gnu99 -D_POSIX_C_SOURCE=200112L -D_XOPEN_SOURCE=600 \
    -Wno-implicit-function-declaration -Wno-int-conversion -Wno-implicit-int \
    -Wno-return-mismatch \
    -Wno-incompatible-function-pointer-types -Wno-main -I"$suite/include" \
    -include "$here/suite.h" -c "$wrapped" -o "$out/$name.o"
rm -f "$wrapped"
