#!/usr/bin/env bash
# popcorn-clang without a link: what it makes, what it answers, what it refuses.
#   compile.sh BUILD [-flto]
. "$(dirname "$0")/checks.sh"
there() { [ -s "$1" ] || problem "no $1"; }

cat >a.c <<'C'
#include "a.h"
int a(void) { return VALUE; }
C
echo '#define VALUE 1' >a.h
echo 'int b(void) { return 2; }' >b.c
echo 'nop' >s.s
mkdir inc && echo '#define FROM_INC 1' >inc/i.h

good "-c" "$cc" -c a.c
there a.o
good "-c of two" "$cc" -c a.c b.c
there b.o
good "-o before" "$cc" -o x.o -c a.c
there x.o
good "-O levels" "$cc" -O -O0 -O1 -O2 -O3 -Os -Oz -Og -c b.c
good "common flags" "$cc" -c b.c -fPIC -fpie -g3 -ggdb -std=gnu99 -Wall \
    -Wextra -pedantic -pipe -pthread -static -fno-strict-aliasing -fno-common \
    -fstack-protector-strong -D_FORTIFY_SOURCE=2 -O2 -m64 -fno-plt \
    -fomit-frame-pointer -fvisibility=hidden -ffunction-sections -rdynamic
[ ! -s err ] || problem "common flags warn"
good "-I -D -U -include" "$cc" -I inc -Iinc -D X=1 -DY -U Y -include i.h -c b.c
good "-S" "$cc" -S -O1 b.c
grep -q 'popcorn-abi' b.s || problem "-S is no neutral IR"
good "-S -emit-llvm" "$cc" -S -emit-llvm b.c
there b.ll
good "-c of IR" "$cc" -c b.ll -o b2.o
says "-E" "return 1" "$cc" -E a.c
says "-E of assembly" "value 1" "$cc" -E -x assembler-with-cpp - \
    <<<"$(printf '#include "a.h"\nvalue VALUE')"
says "-M of assembly" "p.o: p.S a.h" sh -c "echo '#include \"a.h\"' >p.S; '$cc' -MM p.S"
says "-E of stdin" "stdin_works" "$cc" -E - <<<'stdin_works'
good "-x c -" "$cc" -x c -c - -o in.o <<<'int z;'
there in.o
good "-x for a strange name" "$cc" -x c -c a.h -o h.o
good "-fsyntax-only" "$cc" -fsyntax-only a.c
good "-Wp,-MD" "$cc" -Wp,-MD,wp.d -c a.c
there wp.d
good "-MD" "$cc" -MD -c a.c -o dep.o
grep -q 'dep.o:.*a.c' dep.d || problem "-MD"
good "-MMD -MF -MT -MP" "$cc" -MMD -MP -MF other.dep -MT goal -c a.c
grep -q '^goal:' other.dep || problem "-MF -MT"
says "-M" "a.o: a.c" "$cc" -MM a.c
printf -- '-c "a.c"\n-o with\\ space.o' >args
good "response file" "$cc" @args
there "with space.o"
printf '@args' >args2
good "nested response file" "$cc" @args2

says "--version" "clang version 19" "$cc" --version
"$cc" --version | head -1 | grep -q '^popcorn clang version' ||
    problem "first line of --version"
says "--help" "-popcorn-native" "$cc" --help
says "-v alone" "clang version" "$cc" -v
says "-###" "libpopcorn-neutral.so" "$cc" -### -c a.c
says "-dumpversion" "19." "$cc" -dumpversion
says "-dumpmachine" "-linux-musl" "$cc" -dumpmachine
says "-print-prog-name" "popcorn-ar" "$cc" -print-prog-name=ar
says "--print-file-name" "nosuchfile" "$cc" --print-file-name=nosuchfile
says "-print-search-dirs" "libraries: =" "$cc" -print-search-dirs
says "-print-resource-dir" "clang" "$cc" -print-resource-dir
says "-Wl,--version" "LLD" "$cc" -Wl,--version
"$cc" -dM -E -x c /dev/null >macros
grep -q '__popcorn__ 1' macros || problem "no __popcorn__"
! grep -E '__(x86_64|amd64|i386|aarch64|AARCH64\w*|ARM\w*|arm\w*)__? ' macros ||
    problem "an ISA's macro"
says "plain char is signed" "ok" "$cc" -E - \
    <<<"$(printf '#if (char)-1 < 0\nok\n#endif\n#ifndef __CHAR_UNSIGNED__\nok\n#endif')"
says "unknown -m warns" "ignored" "$cc" -march=native -c b.c

bad "unknown option" "-fnosuch" "$cc" -fnosuch -c a.c
bad "unknown option in a link" "-fnosuch" "$cc" -fnosuch a.o
bad "missing file" "nofile.c: no such file" "$cc" -c nofile.c
bad "missing object" "nofile.o: no such file" "$cc" nofile.o
bad "no input" "no input files" "$cc"
bad "no input with -c" "no input files" "$cc" -c
bad "-o without a value" "-o needs a value" "$cc" a.c -o
bad "two outputs" "-o names one file" "$cc" -c a.c b.c -o x.o
bad "assembly" "s.s:1: file-scope assembly" "$cc" -c s.s
bad "Fortran" "compiles C and C++ only" sh -c "echo >x.f90; '$cc' -c x.f90"
bad "-x objective-c" "compiles C and C++ only" "$cc" -x objective-c -c a.c
bad "-m32" "64 bits" "$cc" -m32 -c a.c
bad "-mlong-double-64" "binary128" "$cc" -mlong-double-64 -c a.c
bad "--target" "every ISA" "$cc" --target=riscv64 -c a.c
bad "-fsanitize" "sanitizers" "$cc" -fsanitize=address -c a.c
printf '\t.file "x.c"\n\t.text\n\t.section .note.GNU-stack,"",%%progbits\n' >note.s
printf '#ifdef __x86_64__\nf:\n ret\n#endif\n.section .note.GNU-stack,""\n' >other.S
good "assembly without code" "$cc" -c note.s
good "assembly for another architecture" "$cc" -c other.S
[ -s note.o ] && [ -s other.o ] || problem "no object of assembly"
bad "-Wl, unknown" "-Wl,--wrap=f is not supported" "$cc" -Wl,--wrap=f a.o
bad "-T" "linker scripts" "$cc" -T script a.o
bad "own option misspelt" "no such option" "$cc" -popcorn-nativ -c a.c
bad "syntax error" "broken.c:1" sh -c "echo 'int f( {' >broken.c; '$cc' -c broken.c"
[ ! -e broken.o ] || problem "an object of a broken source"
bad "save-temps nowhere" "not a directory" "$cc" -popcorn-save-temps=/nonexistent a.o

# Archives.
good "popcorn-ar" "$build/bin/popcorn-ar" rcs libab.a a.o b.o
says "popcorn-nm" " T a" "$build/bin/popcorn-nm" libab.a
says "symbol table" "a in a.o" "$build/bin/popcorn-nm" --print-armap libab.a
good "popcorn-ranlib" "$build/bin/popcorn-ranlib" libab.a

# What popcorn-objcheck says of objects that are not neutral.
check=$build/lib/popcorn/popcorn-objcheck
good "-c -flto" "$cc" -flto -c a.c b.c
rm libab.a
good "popcorn-ar" "$build/bin/popcorn-ar" rcs libab.a a.o b.o
good "neutral object" "$check" a.o libab.a
bad "native object" "native object (ELF)" "$check" "$build/lib/popcorn/isa/$(uname -m)/native.a"
sed 's/"popcorn-abi", i32 1/"popcorn-abi", i32 999/' b.ll >abi.ll
good "llvm-as" llvm-as-19 abi.ll -o abi.o
bad "another ABI" "abi.o: made by another version of Popcorn (ABI 999" "$check" abi.o
bad "IR of another ABI" "another version of Popcorn" "$cc" -c abi.ll -o abi2.o
grep -v popcorn-abi b.ll | sed 's/^!llvm.module.flags.*//' >plain.ll
good "llvm-as" llvm-as-19 plain.ll -o plain.o
bad "foreign bitcode" "plain.o: LLVM bitcode that popcorn-clang did not make" "$check" plain.o
head -c 200 a.o >cut.o
bad "truncated object" "cut.o: damaged object" "$check" cut.o
head -c 300 libab.a >cut.a
bad "truncated archive" "cut.a" "$check" cut.a
echo text >text.o
bad "text as an object" "text.o: not an object, an archive or a C source" "$check" text.o

[ -z "$(ls tmp)" ] || { ls tmp; problem "temporary files left"; }
[ "$failed" = 0 ] && echo "driver: ok"
exit "$failed"
