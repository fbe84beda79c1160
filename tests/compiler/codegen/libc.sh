#!/usr/bin/env bash
# Every function of libc, used or not, has verified frame maps on each ISA, and
# none had to be built again for it.
#   libc.sh BUILD [LEVEL...]
set -euo pipefail
build=$(cd "$1" && pwd)
shift
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >"$work/main.c"
neutral "$work/main.c" "$work/main.o"
mkdir "$work/libc"
(cd "$work/libc" && "$build/bin/popcorn-ar" x "$build/lib/popcorn/lto/libc.a")
llvm-link-19 "$work/main.o" "$work"/libc/*.o -o "$work/all.bc"
for level in "${@:-2}"; do
    "$codegen" "-O$level" --stats="$work/stats$level" --isa x86_64="$work/x.o" \
        --isa aarch64="$work/a.o" "$work/all.bc"
    grep -E 'functions|call sites$' "$work/stats$level"
    [ "$(grep -c 'x86_64 0, aarch64 0, functions rebuilt' "$work/stats$level")" = 2 ]
    [ "$(sed -n 's/.*x86_64 \([0-9]*\), .* functions with call sites/\1/p' \
        "$work/stats$level")" -gt 1000 ]
done
