#!/usr/bin/env bash
# `make bench`: everything docs/performance.md quotes, measured in one run.
#
#   run.sh BUILD [RUNS]
#
# Native-only cost: popcorn-clang -O2 against clang-19 -O2 -flto, both static
# with musl, x86-64, processor time; AArch64 by instructions under QEMU.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
runs=${2:-7}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
work=$build/bench/work
mkdir -p "$work"
compare=$build/bench/popcorn-compare
count=$build/bench/libpopcorn-count.so

say() { printf '\n== %s\n' "$*"; }
elapsed() { # elapsed COMMAND... : milliseconds
    local from
    from=$(date +%s%N)
    "$@" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    echo $((($(date +%s%N) - from) / 1000000))
}
text_bytes() { size -A "$1" | awk '/^\.text|^\.popcorn\..*text|text/ {s += $2} END {print s}'; }

single="nbody fannkuch trees matmul sort words"
declare -A arm_argument=([nbody]=200000 [fannkuch]=8 [trees]=4 [matmul]=1
    [sort]=1 [words]=200000)

# Corpus programs, built once more with the comparison compiler.
corpus_reference() { # NAME ISA
    local folder=$work/$1.$2
    [ -e "$folder/.built" ] && return
    rm -rf "$folder"
    cp -r "$build/corpora/$1/source" "$folder"
    local cc="$here/musl-clang $2"
    (cd "$folder" && case $1 in
        lua) make -C src posix CC="$cc -std=gnu99" AR="llvm-ar-19 rcu" RANLIB=llvm-ranlib-19 ;;
        bzip2) make libbz2.a bzip2 CC="$cc" AR=llvm-ar-19 RANLIB=llvm-ranlib-19 ;;
        zlib) CC=$cc AR=llvm-ar-19 RANLIB=llvm-ranlib-19 CFLAGS=-O2 ./configure --static && make minigzip ;;
    esac) >"$work/log" 2>&1 || { tail "$work/log" >&2; exit 1; }
    touch "$folder/.built"
}

say "build"
: >"$work/build.new"
for p in $single; do
    for isa in x86_64 aarch64; do
        ms=$(elapsed "$here/musl-clang" $isa -O2 "$here/programs/$p.c" -o "$work/$p.$isa" -lm)
        [ $isa = x86_64 ] && clang_ms=$ms
    done
    popcorn_ms=$(elapsed "$build/bin/popcorn-clang" -O2 "$here/programs/$p.c" -o "$work/$p" -lm)
    printf '%s\t%s\t%s\n' "$p" "$popcorn_ms" "$clang_ms" >>"$work/build.new"
done
mv "$work/build.new" "$work/build.tsv"
for p in lua bzip2 zlib; do
    "$root/tests/corpora/build.sh" "$build" $p
    for isa in x86_64 aarch64; do corpus_reference $p $isa; done
done
awk 'BEGIN { s = 42; for (i = 0; i < 400000; i++) { s = (s * 16807) % 2147483647; print s % 1000, substr("the quick brown fox jumps over the lazy dog", 1 + s % 20, 9) } }' >"$work/text"

lua=$build/corpora/lua/popcorn/src/lua bzip2=$build/corpora/bzip2/popcorn/bzip2
minigzip=$build/corpora/zlib/popcorn/minigzip
say "steady state on x86-64, without any move: processor seconds, popcorn / clang"
: >"$work/steady.tsv"
for p in $single; do
    "$compare" -c -n "$runs" "$p" "$work/$p" "$work/$p.x86_64" | tee -a "$work/steady.tsv"
done
"$compare" -c -n "$runs" lua "$lua $root/tests/corpora/lua/work.lua 400" \
    "$work/lua.x86_64/src/lua $root/tests/corpora/lua/work.lua 400" | tee -a "$work/steady.tsv"
"$compare" -c -n "$runs" bzip2 "$bzip2 -c $work/text" "$work/bzip2.x86_64/bzip2 -c $work/text" |
    tee -a "$work/steady.tsv"
"$compare" -c -n "$runs" minigzip "$minigzip -c $work/text" "$work/zlib.x86_64/minigzip -c $work/text" |
    tee -a "$work/steady.tsv"
"$compare" -c -n "$runs" bunzip2 "bzip2 -c $work/text | $bzip2 -dc" \
    "bzip2 -c $work/text | $work/bzip2.x86_64/bzip2 -dc" | tee -a "$work/steady.tsv"
awk -F'\t' '{ l += log($4); n++; if ($4 > w) { w = $4; p = $1 } }
    END { printf "geometric mean %.3f, worst %.3f (%s)\n", exp(l / n), w, p }' "$work/steady.tsv"

say "x86-64: instructions executed under QEMU, popcorn / clang"
x86_instructions() { qemu-x86_64 -plugin "$count,out=$work/count" "$@" >/dev/null && cat "$work/count"; }
: >"$work/x86.tsv"
x86() { # LABEL POPCORN CLANG ARGS...
    local label=$1 a b
    a=$(x86_instructions "$2" "${@:4}")
    b=$(x86_instructions "$3" "${@:4}")
    awk -v l="$label" -v a="$a" -v b="$b" 'BEGIN { printf "%s\t%d\t%d\t%.3f\n", l, a, b, a / b }' |
        tee -a "$work/x86.tsv"
}
head -n 20000 "$work/text" >"$work/short"
for p in $single; do x86 "$p" "$work/$p" "$work/$p.x86_64" "${arm_argument[$p]}"; done
x86 lua "$lua" "$work/lua.x86_64/src/lua" "$root/tests/corpora/lua/work.lua" 5
x86 bzip2 "$bzip2" "$work/bzip2.x86_64/bzip2" -c "$work/short"
x86 minigzip "$minigzip" "$work/zlib.x86_64/minigzip" -c "$work/short"
awk -F'\t' '{ l += log($4); n++ } END { printf "geometric mean %.3f\n", exp(l / n) }' "$work/x86.tsv"

say "AArch64: instructions executed under QEMU, popcorn / clang"
instructions() { qemu-aarch64 -plugin "$count,out=$work/count" "$@" >/dev/null && cat "$work/count"; }
popcorn_image() { "$build/lib/popcorn/popcorn-pack" extract "$1" aarch64 -o "$2" && chmod +x "$2"; }
: >"$work/arm.tsv"
arm() { # LABEL POPCORN CLANG ARGS...
    local label=$1 a b
    popcorn_image "$2" "$work/image"
    a=$(instructions "$work/image" "${@:4}")
    b=$(instructions "$3" "${@:4}")
    awk -v l="$label" -v a="$a" -v b="$b" 'BEGIN { printf "%s\t%d\t%d\t%.3f\n", l, a, b, a / b }' |
        tee -a "$work/arm.tsv"
}
for p in $single; do arm "$p" "$work/$p" "$work/$p.aarch64" "${arm_argument[$p]}"; done
arm lua "$lua" "$work/lua.aarch64/src/lua" "$root/tests/corpora/lua/work.lua" 5
arm bzip2 "$bzip2" "$work/bzip2.aarch64/bzip2" -c "$work/short"
arm minigzip "$minigzip" "$work/zlib.aarch64/minigzip" -c "$work/short"
awk -F'\t' '{ l += log($4); n++ } END { printf "geometric mean %.3f\n", exp(l / n) }' "$work/arm.tsv"

say "size in bytes (.text and whole file) and compile + link time"
printf 'program\t.text popcorn\t.text clang\tratio\tfile popcorn\tfile clang\tframe maps\n'
frame_map_bytes() { size -A "$1" | awk '$1 == ".popcorn.framemap" {print $2}'; }
: >"$work/size.tsv"
for p in $single lua bzip2 minigzip; do
    case $p in
    lua) a=$lua b=$work/lua.x86_64/src/lua ;;
    bzip2) a=$bzip2 b=$work/bzip2.x86_64/bzip2 ;;
    minigzip) a=$minigzip b=$work/zlib.x86_64/minigzip ;;
    *) a=$work/$p b=$work/$p.x86_64 ;;
    esac
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$p" "$(text_bytes "$a")" "$(text_bytes "$b")" \
        "$(awk -v a="$(text_bytes "$a")" -v b="$(text_bytes "$b")" 'BEGIN { printf "%.2f", a / b }')" \
        "$(stat -c %s "$a")" "$(stat -c %s "$b")" \
        "$(frame_map_bytes "$a")" | tee -a "$work/size.tsv"
done
printf '\nprogram\tpopcorn ms (two ISAs)\tclang -flto ms (one)\n'
cat "$work/build.tsv"

say "popcorn / clang -flto, x86-64 without any move"
printf 'program\ttime\tinstructions\tAArch64 instructions\t.text\tframe maps / .text\n'
for p in $single lua bzip2 minigzip; do
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$p" \
        "$(awk -F'\t' -v p="$p" '$1 == p {print $4}' "$work/steady.tsv")" \
        "$(awk -F'\t' -v p="$p" '$1 == p {print $4}' "$work/x86.tsv")" \
        "$(awk -F'\t' -v p="$p" '$1 == p {print $4}' "$work/arm.tsv")" \
        "$(awk -F'\t' -v p="$p" '$1 == p {print $4}' "$work/size.tsv")" \
        "$(awk -F'\t' -v p="$p" '$1 == p {printf "%.0f %%", 100 * $7 / $2}' "$work/size.tsv")"
done
