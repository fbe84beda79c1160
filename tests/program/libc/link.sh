#!/usr/bin/env bash
# link.sh BUILD FOLDER: a program that refers to every function and variable of
# libc.a links for each ISA and runs, and libc.a has every name of Debian's musl
# but those of absent.list.
set -euo pipefail
export LC_ALL=C
build=$1 work=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/isas.sh"
mkdir -p "$work"

fail() { echo "FAIL: $*"; exit 1; }

names() { # names LIBRARY KINDS: what it defines for others
    llvm-nm-19 --defined-only --extern-only --format=posix "$1" 2>/dev/null |
        awk -v kinds="^[$2]\$" '$2 ~ kinds && !/^__popcorn/ { print $1 }' |
        sort -u
}

own=$build/lib/popcorn/lib/libc.a
names "$own" TW >"$work/functions" # and weak names of variables
names "$own" BDRVCS | comm -13 "$work/functions" - >"$work/variables"
grep -qx printf "$work/functions" || fail "no printf in libc.a"
grep -qx stdout "$work/variables" || fail "no stdout in libc.a"
{
    sed 's/.*/extern void &(void);/' "$work/functions"
    sed 's/.*/extern char &[];/' "$work/variables"
    echo 'void *const volatile all[] = {'
    sed 's/.*/    (void *)&,/' "$work/functions" "$work/variables"
    cat <<'END'
};
int main(int argc, char **argv)
{
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] == argv) {
            return 1;
        }
    }
    return argc != 1;
}
END
} >"$work/all.c"
"$build/bin/popcorn-clang" -O1 -w -fno-builtin "$work/all.c" -o "$work/all" \
    2>"$work/errors" || { cat "$work/errors"; fail "libc.a cannot be linked"; }
"$work/all"

# A library of another ISA would do as well: the names are the same.
names /usr/lib/x86_64-linux-musl/libc.a TWBDRVC >"$work/musl"
{
    cat "$work/functions" "$work/variables"
    for isa in $(isas "$build"); do
        names "$build/lib/popcorn/isa/$isa/native.a" TWBDRVC
    done
} | sort -u >"$work/ours"
comm -23 "$work/musl" "$work/ours" >"$work/missing"
sed 's/ .*//; /^#/d' "$here/absent.list" | sort -u >"$work/absent"
diff "$work/absent" "$work/missing" >"$work/difference" ||
    { cat "$work/difference"; fail "not what absent.list says"; }
echo "$(cat "$work/functions" "$work/variables" | wc -l) names link"
