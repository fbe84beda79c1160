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
distance=$build/bench/libpopcorn-distance.so

say() { printf '\n== %s\n' "$*"; }
elapsed() { # elapsed COMMAND... : milliseconds
    local from
    from=$(date +%s%N)
    "$@" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    echo $((($(date +%s%N) - from) / 1000000))
}
text_bytes() { size -A "$1" | awk '/^\.text|^\.popcorn\..*text|text/ {s += $2} END {print s}'; }

# One row for each program: where it is built, the command that is timed, the
# smaller one whose instructions are counted under QEMU. @ is the program.
rows() {
    cat <<END
nbody|-|@|@ 200000
fannkuch|-|@|@ 8
trees|-|@|@ 4
matmul|-|@|@ 1
sort|-|@|@ 1
words|-|@|@ 200000
saxpy|-|@|@ 4000
stencil|-|@|@ 40
spectral|-|@|@ 500
fft|-|@|@ 20
digest|-|@|@ 8000
queens|-|@|@ 10
integrate|-|@|@ 50000
lua|lua/src/lua|@ $root/tests/corpora/lua/work.lua 400|@ $root/tests/corpora/lua/work.lua 5
bzip2|bzip2/bzip2|@ -c $work/text|@ -c $work/short
bunzip2|bzip2/bzip2|@ -dc $work/text.bz2|@ -dc $work/short.bz2
minigzip|zlib/minigzip|@ -c $work/text|@ -c $work/short
sqlite|sqlite/sqlite3|@ -batch :memory: <$work/work.sql|@ -batch :memory: <$root/tests/corpora/sqlite/work.sql
END
}
# each_row FUNCTION ARGS...: FUNCTION ARGS... LABEL PLACE TIMED COUNTED
each_row() {
    while IFS='|' read -r label place timed counted <&3; do
        "$@" "$label" "$place" "$timed" "$counted"
    done 3< <(rows)
}
single=$(rows | awk -F'|' '$2 == "-" { print $1 }')
popcorn_program() { # LABEL PLACE
    [ "$2" = - ] && echo "$work/$1" || echo "$build/corpora/${2/\//\/popcorn\/}"
}
clang_program() { # LABEL PLACE ISA
    [ "$2" = - ] && echo "$work/$1.$3" || echo "$work/${2/\//.$3\/}"
}

# Corpus programs, built once more with the comparison compiler. configure must
# not try to run what it compiles for another ISA.
echo cross_compiling=yes >"$work/cross.site"
corpus_reference() { # NAME ISA
    local folder=$work/$1.$2
    [ -e "$folder/.built" ] && return
    rm -rf "$folder"
    cp -r "$build/corpora/$1/source" "$folder"
    (
        set -e
        . "$root/tests/corpora/sources.sh"
        corpus_load "$1"
        export CC="$here/musl-clang $2" AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19
        [ "$2" = "$(uname -m)" ] || export CONFIG_SITE=$work/cross.site
        cd "$folder"
        build
    ) >"$work/log" 2>&1 || { tail "$work/log" >&2; exit 1; }
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
for p in lua bzip2 zlib sqlite; do
    "$root/tests/corpora/build.sh" "$build" $p
    for isa in x86_64 aarch64; do corpus_reference $p $isa; done
done
# The largest: SQLite's one file and its shell, compiled one after the other and
# linked.
sqlite_program() { # OUT COMPILER...
    local out=$1 from=$build/corpora/sqlite/popcorn flags="-O2 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION"
    shift
    for file in sqlite3 shell; do "$@" $flags -c "$from/$file.c" -o "$out.$file.o"; done
    "$@" -O2 "$out.sqlite3.o" "$out.shell.o" -o "$out" -lm
}
printf 'sqlite\t%s\t%s\n' "$(elapsed sqlite_program "$work/big" "$build/bin/popcorn-clang")" \
    "$(elapsed sqlite_program "$work/big.x86_64" "$here/musl-clang" x86_64)" >>"$work/build.tsv"
awk 'BEGIN { s = 42; for (i = 0; i < 400000; i++) { s = (s * 16807) % 2147483647; print s % 1000, substr("the quick brown fox jumps over the lazy dog", 1 + s % 20, 9) } }' >"$work/text"
head -n 20000 "$work/text" >"$work/short"
bzip2 -kf "$work/text" "$work/short"
sed 's/20000)/200000)/' "$root/tests/corpora/sqlite/work.sql" >"$work/work.sql"

say "steady state on x86-64, without any move: processor seconds, popcorn / clang"
steady() {
    "$compare" -c -n "$runs" "$1" "${3//@/$(popcorn_program "$1" "$2")}" \
        "${3//@/$(clang_program "$1" "$2" x86_64)}"
}
each_row steady | tee "$work/steady.tsv"
awk -F'\t' '{ l += log($4); n++; if ($4 > w) { w = $4; p = $1 } }
    END { printf "geometric mean %.3f, worst %.3f (%s)\n", exp(l / n), w, p }' "$work/steady.tsv"

instructions() { # ISA IMAGE COMMAND
    eval "qemu-$1 -plugin $count,out=$work/count ${3//@/$2}" >/dev/null && cat "$work/count"
}
counts() { # ISA, then a row
    local a b
    "$build/lib/popcorn/popcorn-pack" extract "$(popcorn_program "$2" "$3")" "$1" -o "$work/image"
    chmod +x "$work/image"
    a=$(instructions "$1" "$work/image" "$5")
    b=$(instructions "$1" "$(clang_program "$2" "$3" "$1")" "$5")
    awk -v l="$2" -v a="$a" -v b="$b" 'BEGIN { printf "%s\t%d\t%d\t%.3f\n", l, a, b, a / b }'
}
for isa in x86_64 aarch64; do
    say "$isa: instructions executed under QEMU, popcorn / clang"
    each_row counts $isa | tee "$work/$isa.tsv"
    awk -F'\t' '{ l += log($4); n++ } END { printf "geometric mean %.3f\n", exp(l / n) }' "$work/$isa.tsv"
done

say "x86-64: instructions from any instant to the next migration point: median, p99, longest"
waits() {
    # The poll word is the first word of the node page (runtime/layout.h).
    eval "qemu-x86_64 -plugin $distance,out=$work/distance,word=0x10000000 ${4//@/$(popcorn_program "$1" "$2")}" >/dev/null
    awk -v l="$1" '$1 == "wait" { printf "%s\t%d\t%d\t%d\n", l, $2, $3, $4 }' "$work/distance"
}
each_row waits | tee "$work/waits.tsv"

say "size in bytes (.text and whole file) and compile + link time"
printf 'program\t.text popcorn\t.text clang\tratio\tfile popcorn\tfile clang\tframe maps\n'
frame_map_bytes() { size -A "$1" | awk '$1 == ".popcorn.framemap" {print $2}'; }
sizes() {
    local a b
    a=$(popcorn_program "$1" "$2")
    b=$(clang_program "$1" "$2" x86_64)
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$(text_bytes "$a")" "$(text_bytes "$b")" \
        "$(awk -v a="$(text_bytes "$a")" -v b="$(text_bytes "$b")" 'BEGIN { printf "%.2f", a / b }')" \
        "$(stat -c %s "$a")" "$(stat -c %s "$b")" \
        "$(frame_map_bytes "$a")"
}
each_row sizes | tee "$work/size.tsv"
printf '\nprogram\tpopcorn ms (two ISAs)\tclang -flto ms (one)\tratio\n'
awk -F'\t' '{ printf "%s\t%.2f\n", $0, $2 / $3 }' "$work/build.tsv"

say "popcorn / clang -flto, x86-64 without any move"
printf 'program\ttime\tinstructions\tAArch64 instructions\t.text\tframe maps / .text\tlongest wait for a point\n'
column() { # LABEL FILE FIELD
    awk -F'\t' -v p="$1" -v n="$3" '$1 == p { print $n }' "$work/$2.tsv"
}
summary() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" \
        "$(column "$1" steady 4)" "$(column "$1" x86_64 4)" "$(column "$1" aarch64 4)" "$(column "$1" size 4)" \
        "$(awk -F'\t' -v p="$1" '$1 == p {printf "%.1f %%", 100 * $7 / $2}' "$work/size.tsv")" \
        "$(column "$1" waits 4)"
}
each_row summary | tee "$work/summary.tsv"
awk -F'\t' '{ for (i = 2; i <= 5; i++) l[i] += log($i); m += $6; n++ }
    END { printf "geometric mean"; for (i = 2; i <= 5; i++) printf "\t%.3f", exp(l[i] / n); printf "\t%.1f %% (mean)\n", m / n }' "$work/summary.tsv"
