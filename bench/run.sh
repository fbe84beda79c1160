#!/usr/bin/env bash
# `make bench`: programs that do not move, popcorn-clang -O2 against clang-19 -O2,
# both static with musl, and against clang-19 -O2 with glibc; with -flto the same
# of both with -flto (docs/performance.md).
#
#   run.sh BUILD [-flto] [-n PAIRS] [NAME...]
#
# Each result is kept in BUILD/bench/results as soon as it is there: a run that
# was broken off goes on where it was, and a program is measured again when the
# compiler is newer or the folder is removed. Ends with one table.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
shift || true
pairs=5 lto=
[ "${1:-}" != -flto ] || { lto=-flto; shift; }
[ "${1:-}" = -n ] && { pairs=$2; shift 2; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
work=$build/bench/work$lto
results=$build/bench/results$lto
flavour=popcorn
[ -z "$lto" ] || flavour=lto
mkdir -p "$work" "$results"
. "$root/tests/lib/isas.sh"
host=$(host_isa)
isas=$(isas "$build")

# One row for each program: where it is built (-: from programs/), the command
# that is timed, the smaller one whose instructions are counted under QEMU. @ is
# the program.
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
mandelbrot|-|@|@ 100
orbits|-|@|@ 3000
tasks|-|@|@ 300000
lua|lua/src/lua|@ $root/tests/corpora/lua/work.lua 400|@ $root/tests/corpora/lua/work.lua 5
bzip2|bzip2/bzip2|@ -c $work/text|@ -c $work/short
bunzip2|bzip2/bzip2|@ -dc $work/text.bz2|@ -dc $work/short.bz2
xz|xz/src/xz/xz|@ -4 -c $work/text|@ -0 -c $work/short
unxz|xz/src/xz/xz|@ -dc $work/text.xz|@ -dc $work/short.xz
zstd|zstd/programs/zstd|@ -q -9 -c $work/text|@ -q -3 -c $work/short
lz4|lz4/programs/lz4|@ -9 -c $work/text|@ -c $work/short
jq|jq/jq|@ -n --argjson n 60000 -f $work/groups.jq|@ -n --argjson n 300 -f $work/groups.jq
mawk|mawk/mawk|@ -f $work/count.awk $work/text|@ -f $work/count.awk $work/short
mujs|mujs/build/release/mujs|@ $work/primes.js 400000|@ $work/primes.js 5000
dash|dash/src/dash|@ $work/loop.sh 400000|@ $work/loop.sh 2000
minigzip|zlib/minigzip|@ -c $work/text|@ -c $work/short
sqlite|sqlite|@ -batch :memory: <$work/work.sql|@ -batch :memory: <$root/tests/corpora/sqlite/work.sql
END
}
names=${*:-$(rows | cut -d'|' -f1)}
for name in $names; do
    rows | grep -q "^$name|" || { echo "run.sh: no program '$name'" >&2; exit 2; }
done
total=$(wc -w <<<"$names")

say() { printf '%s  %-10s%s\n' "$(date +%T)" "$label" "$*" >&2; }
quietly() { # COMMAND...: its output only if it fails
    "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; exit 1; }
}
elapsed_ms() { # COMMAND...
    local from
    from=$(date +%s%N)
    quietly "$@"
    echo $((($(date +%s%N) - from) / 1000000))
}

# --- programs ---
# $label and $place are those of the row.

popcorn_program() {
    case $place in
    */*) echo "$build/corpora/${place/\//\/$flavour\/}" ;;
    *) echo "$work/$label.popcorn" ;;
    esac
}
clang_program() { # ISA
    case $place in
    */*) echo "$work/${place/\//.$1\/}" ;;
    *) echo "$work/$label.$1" ;;
    esac
}

glibc_program() {
    case $place in
    */*) echo "$build/corpora/${place/\//\/native\/}" ;;
    *) echo "$work/$label.glibc" ;;
    esac
}

compile() { # OUT COMPILER...: a program of a few files, without makefile
    local out=$1 file
    shift
    if [ "$place" = - ]; then
        "$@" -O2 "$here/programs/$label.c" -o "$out" -lm
        return
    fi
    for file in sqlite3 shell; do
        "$@" -O2 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION \
            -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE \
            -DSQLITE_ENABLE_MATH_FUNCTIONS \
            -c "$work/sqlite/$file.c" -o "$out.$file.o"
    done
    "$@" -O2 "$out.sqlite3.o" "$out.shell.o" -o "$out" -lm
}

# Sources of a corpus program, once more for each build.
corpus_copy() { # NAME FOLDER
    . "$root/tests/lib/sources.sh"
    corpus_load "$1"
    corpus_source "$1" "$build/corpora/$1/source"
    rm -rf "$2"
    cp -a "$build/corpora/$1/source" "$2"
}

# SQLite's one file and its shell.
amalgamate() {
    corpus_copy sqlite "$work/sqlite"
    cd "$work/sqlite"
    ./configure --disable-tcl
    make sqlite3.c shell.c
}

# By its own makefile with the comparison compiler. configure must not try to
# run what it compiles for another ISA.
corpus_reference() { # NAME ISA
    local folder=$work/$1.$2
    corpus_copy "$1" "$folder"
    export CC="$here/musl-clang $2$lto" AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19
    if [ "$2" != "$(uname -m)" ]; then
        echo cross_compiling=yes >"$work/cross.site"
        export CONFIG_SITE=$work/cross.site
    fi
    cd "$folder"
    build
    touch "$folder/.built"
}

is_current() { # PROGRAM: not older than the compiler
    [ -e "$1" ] &&
        [ -z "$(find "$build/lib/popcorn" "$build/bin" -newer "$1" -type f -print -quit)" ]
}

# Leaves "popcorn ms, clang ms" of compiling and linking, for those without
# makefile.
build_programs() {
    local corpus=${place%%/*} isa ms clang_ms
    if [ "$corpus" != "$place" ]; then
        quietly "$root/tests/corpora/build.sh" "$build" "$corpus" native $flavour
        for isa in $isas; do
            [ -e "$work/$corpus.$isa/.built" ] ||
                (quietly corpus_reference "$corpus" "$isa")
            [ -x "$(clang_program $isa)" ] || { tail -n 40 "$work/log" >&2; exit 1; }
        done
        printf -- '-\t-\n'
        return
    fi
    [ "$place" = - ] || [ -e "$work/sqlite/shell.c" ] || (quietly amalgamate)
    for isa in $isas; do
        ms=$(elapsed_ms compile "$(clang_program $isa)" "$here/musl-clang" $isa$lto)
        [ $isa != "$host" ] || clang_ms=$ms
    done
    compile "$(glibc_program)" clang-19 $lto
    ms=$(elapsed_ms compile "$(popcorn_program)" "$build/bin/popcorn-clang" $lto)
    printf '%s\t%s\n' "$ms" "$clang_ms"
}

inputs() {
    [ -e "$work/loop.sh" ] && return
    awk 'BEGIN { s = 42; for (i = 0; i < 400000; i++) { s = (s * 16807) % 2147483647; print s % 1000, substr("the quick brown fox jumps over the lazy dog", 1 + s % 20, 9) } }' >"$work/text"
    head -n 20000 "$work/text" >"$work/short"
    bzip2 -kf "$work/text" "$work/short"
    xz -kf "$work/text" "$work/short"
    cat >"$work/groups.jq" <<'END'
[range($n) | {n: ., s: "\(. * 7919 % 1009)"}] | group_by(.s)
    | map({k: .[0].s, n: map(.n) | add}) | sort_by(-.n) | .[:9]
END
    cat >"$work/count.awk" <<'AWK'
{ n[$1]++; s[$1] = substr($2, 1, 3); gsub(/[aeiou]+/, "<&>"); t += length($0) }
END { for (i in n) t += n[i] * length(s[i]); print t }
AWK
    # shellcheck disable=SC2016 # a script
    printf '%s\n' 'i=0; s=' 'while [ $i -lt $1 ]; do' \
        'i=$((i + 1)); case $i in *7) s=${s#?}x ;; *) s=$s.; s=${s#??????????} ;; esac' \
        'done; echo $s' >"$work/loop.sh"
    cat >"$work/primes.js" <<'END'
var n = +scriptArgs[0], sieve = [], found = 0, text = "";
for (var i = 2; i < n; i++) {
    if (!sieve[i]) { found++; for (var k = i * 2; k < n; k += i) sieve[k] = true; }
    if (i % 1000 == 0) text += String.fromCharCode(65 + i / 1000 % 26);
}
print(found, text.length, text.split("A").length);
END
    sed 's/20000)/200000)/' "$root/tests/corpora/sqlite/work.sql" >"$work/work.sql"
}

# --- measurements: each prints one line ---

# Processor seconds of both, their ratio, the lowest and highest of a pair.
measure_time() {
    "$build/bench/popcorn-compare" -c -n "$pairs" "$label" \
        "${timed//@/$(popcorn_program)}" \
        "${timed//@/$(clang_program "$host")}" | cut -f2-
}
# The same against glibc: the ratio.
measure_glibc() {
    "$build/bench/popcorn-compare" -c -n "$pairs" "$label" \
        "${timed//@/$(popcorn_program)}" "${timed//@/$(glibc_program)}" | cut -f4
}
under_qemu() { # ISA IMAGE PLUGIN: runs the smaller command
    eval "qemu-$1 -plugin $3 ${counted//@/$2}" >/dev/null
}
instructions() { # ISA IMAGE
    under_qemu "$1" "$2" "$build/bench/libpopcorn-count.so,out=$work/count" &&
        cat "$work/count"
}
measure_instructions() { # ISA
    local a b
    quietly "$build/lib/popcorn/popcorn-pack" extract "$(popcorn_program)" "$1" -o "$work/image"
    chmod +x "$work/image"
    a=$(instructions "$1" "$work/image")
    b=$(instructions "$1" "$(clang_program "$1")")
    awk -v a="$a" -v b="$b" 'BEGIN { printf "%d\t%d\t%.3f\n", a, b, a / b }'
}
# Instructions from any instant to the next migration point: median, p99,
# longest. The poll word is the first word of the node page (runtime/base/layout.h).
measure_wait() {
    under_qemu "$host" "$(popcorn_program)" \
        "$build/bench/libpopcorn-distance.so,out=$work/distance,word=0x10000000"
    awk '$1 == "wait" { printf "%d\t%d\t%d\n", $2, $3, $4 }' "$work/distance"
}
text_bytes() { size -A "$1" | awk '/text/ {s += $2} END {print s}'; }
# .text and whole file of both, frame maps.
measure_size() {
    local a b
    a=$(popcorn_program)
    b=$(clang_program "$host")
    printf '%s\t%s\t%s\t%s\t%s\n' "$(text_bytes "$a")" "$(text_bytes "$b")" \
        "$(stat -c %s "$a")" "$(stat -c %s "$b")" \
        "$(size -A "$a" | awk '$1 == ".popcorn.framemap" {print $2}')"
}

step() { # WHAT COMMAND...: unless there is a result for this program
    local file=$results/$label.$1
    [ -s "$file" ] && [ "$file" -nt "$(popcorn_program)" ] && return
    shift
    "$@" >"$file.new"
    mv "$file.new" "$file"
    say "$(printf '%-8s' "${file##*.}") $(tr '\t' ' ' <"$file")"
}

done_so_far=0
inputs
while IFS='|' read -r label place timed counted <&3; do
    [[ " ${names//$'\n'/ } " == *" $label "* ]] || continue
    say "$((++done_so_far)) of $total"
    is_current "$(popcorn_program)" || rm -f "$results/$label".*
    step build build_programs
    step time measure_time
    step glibc measure_glibc
    for isa in $isas; do step $isa measure_instructions $isa; done
    step wait measure_wait
    step size measure_size
done 3< <(rows)

# --- the table ---

field() { # WHAT NUMBER
    cut -f"$2" "$results/$label.$1"
}
table() {
    for label in $names; do
        printf '%s' "$label"
        printf '\t%s' "$(field time 3)" "$(field time 4)" "$(field time 5)" "$(field glibc 1)"
        for isa in $isas; do printf '\t%s' "$(field $isa 3)"; done
        printf '\t%s' "$(field wait 3)"
        awk -F'\t' '{ printf "\t%.2f\t%.2f\t%.1f", $1 / $2, $3 / $4, 100 * $5 / $1 }' "$results/$label.size"
        printf '\t%s' "$(field build 1)" "$(field build 2)"
        printf '\n'
    done
}
printf '\npopcorn / clang, -O2 %s, %s without any move\n' "$lto" "$host"
{
    printf 'program\ttime\tlowest\thighest\tto glibc'
    printf '\tinstructions %s' $isas
    printf '\tlongest wait\t.text\tfile\tframe maps %%\tpopcorn ms\tclang ms\n'
    table
    table | awk -F'\t' '{ last = NF - 3; for (i = 2; i <= last; i++) { l[i] += $i > 0 ? log($i) : 0 } m += $(last + 1); n++ }
        END { printf "mean"; for (i = 2; i <= last; i++) printf i == last - 2 ? "\t" : "\t%.3f", exp(l[i] / n)
              printf "\t%.1f\n", m / n }'
} | tee "$results/table.tsv" | column -t -s"$(printf '\t')"
