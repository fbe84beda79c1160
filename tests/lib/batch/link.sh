#!/usr/bin/env bash
# Links tests that register themselves (torture, posix) into one program.
#
#   link.sh CC LLVM_LINK OUT OPTIONS PROGRAM NAME...
#
# OPTIONS, one word: of the link, such as "-O2 -popcorn-dense-points". OUT holds
# NAME.o (compile.sh), harness.o and empty.o, all compiled with -flto. llvm-link
# makes the names of all modules behind the first internal, so the tests cannot
# clash. With -fno-lto the tests are one module of several: they, the harness and
# libc are compiled apart from each other.
set -eu
cc=$1 llvm_link=$2 out=$3 program=$5
read -ra options <<<"$4"
shift 5
objects=()
for name; do objects+=("$out/$name.o"); done
"$llvm_link" --internalize "$out/empty.o" "${objects[@]}" \
    -o "$program.o" 2>"$program.err" ||
    { cat "$program.err" >&2; exit 1; }
harness=$out/harness.o
if [[ " ${options[*]} " = *" -fno-lto "* ]]; then
    mv "$program.o" "$program.bc"
    "$cc" "${options[@]}" -w -x ir -c "$program.bc" -o "$program.o"
    harness=$program.harness.o
    "$cc" "${options[@]}" -w -x ir -c "$out/harness.o" -o "$harness"
fi
"$cc" "${options[@]}" "$program.o" "$harness" -lm -o "$program"
rm -f "$program.o" "$program.bc" "$program.harness.o" "$program.err"
