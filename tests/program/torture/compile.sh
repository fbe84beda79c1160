#!/usr/bin/env bash
# Compiles one torture test to a module that registers itself with harness.c.
#
#   compile.sh CC SOURCES OUT LEVEL OPTION "NAME<tab>OPTIONS"
#
# The test's main keeps its name (falling off its end returns 0), and its
# options come after ours, as in GCC's testsuite. Result: OUT/NAME.o, or
# OUT/NAME.err and no object.
set -eu
cc=$1 sources=$2 out=$3 level=$4 option=$5
IFS=$'\t' read -r name options <<<"$6"
mkdir -p "$(dirname "$out/$name")"
wrapped=$out/${name%.c}.wrapped.c
cat >"$wrapped" <<C
#include "$sources/$name"
#undef main
#undef static
#undef int
#undef void
#undef char
#undef const
void torture_register(const char *, int (*)(int, char **, char **));
__attribute__((constructor, no_instrument_function)) static void
torture_constructor(void)
{
    torture_register("$name", (int (*)(int, char **, char **))main);
}
C
# shellcheck disable=SC2086 # options are words
if "$cc" "$level" "$option" -w -Wno-implicit-int -Wno-implicit-function-declaration \
    -Wno-int-conversion -Wno-return-mismatch \
    -Wno-incompatible-function-pointer-types $options -c "$wrapped" \
    -o "$out/$name.o" 2>"$out/$name.err"; then
    rm -f "$out/$name.err"
else
    rm -f "$out/$name.o"
fi
rm -f "$wrapped"
