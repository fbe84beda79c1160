#!/usr/bin/env bash
# The Open POSIX Test Suite (Debian's source package posixtestsuite), moved.
#
#   posix.sh BUILD LLVM_LINK SET [JOBS]
#
# SET: a line of sets.list, or check: 18 short tests. Each test is built natively
# for each ISA (clang-19, Debian's static musl) and with popcorn-clang, a migration
# point at every function entry and loop iteration, and runs in the modes of
# run.sh. What passes natively on the ISA where it starts must pass moved. JOBS
# run at a time, for most sleep; one of a whole set that fails beside others is run
# once more by itself, and the summary counts these: some of the suite's tests want
# things within a second. Of check none is run again.
#
# Prints the summary; BUILD/posix/SET/table has a line per test: status and moves
# in each mode.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) llvm_link=$2 set=$3 jobs=${4:-8}
. "$here/../../lib/sources.sh"
. "$here/../../lib/isas.sh"
. "$here/../../lib/result.sh"
package=posixtestsuite=1.5.2-8
sha256=1274ac7c66a1d428bfda26a89a1fc52952af5939d4a405a95c3f23d8220e2ab0
suite=$build/posix/source
out=$build/posix/$set
mapfile -t isas < <(isas "$build")
modes=("${isas[@]}" "${isas[@]/#/from-}" apart)
short='(pthread_(create|join|cond_wait|mutex_lock|once|key_create|cancel|exit)'
short+='|sem_(wait|post)|sig(action|queue|wait)|timer_create|mmap|aio_read'
short+='|mq_send)/1-1|fork/4-1'

# Names of the tests of the set: interface/assertion-number.
wanted() {
    local interfaces
    interfaces=$(awk -v set="$set" '$1 == set { print $2 }' "$here/sets.list")
    [ "$set" != check ] || interfaces='.*'
    [ -n "$interfaces" ] || corpus_fail "no set $set"
    (cd "$suite/conformance/interfaces" &&
        find . -name '*-*.c' ! -name '*buildonly*') |
        sed 's,^\./,,; s,\.c$,,' | grep -Ex "($interfaces)/.*" | sort |
        { if [ "$set" = check ]; then grep -Ex "$short"; else cat; fi; } |
        grep -vxEf <(awk '$2 == "all" { print $1 }' "$here/excluded.list")
}

# build_flavour FLAVOUR CC...: OUT/FLAVOUR/NAME, for each name a link to its
# program.
build_flavour() {
    local flavour=$1 objects=$out/$1.objects batch options=-O2
    [ "$flavour" != popcorn ] || options+=" -fno-lto"
    shift
    mkdir -p "$objects" "$out/$flavour"
    { echo '#!/bin/sh'; printf 'exec %s "$@"\n' "$*"; } >"$objects/cc"
    chmod +x "$objects/cc"
    : >"$objects/empty.c"
    "$objects/cc" -O2 -c "$objects/empty.c" -o "$objects/empty.o"
    "$objects/cc" -O2 -c "$here/harness.c" -o "$objects/harness.o"
    xargs -P2 -I{} "$here/compile.sh" "$objects/cc" "$suite" "$objects" {} \
        <"$out/names"
    for batch in "$out"/batch??; do echo "${batch##*/}"; done |
        xargs -P2 -I{} bash -c '
            mapfile -t names <"$1/{}"
            "$0/../../lib/batch/link.sh" "$3/cc" "$2" "$3" "$5" "$4/{}" "${names[@]}"' \
            "$here" "$out" "$llvm_link" "$objects" "$out/$flavour" "$options"
    for batch in "$out"/batch??; do
        while read -r name; do
            mkdir -p "$out/$flavour/${name%/*}"
            ln -s "$out/$flavour/${batch##*/}" "$out/$flavour/$name"
        done <"$batch"
    done
    rm -r "$objects"
}

# run_all JOBS <"NAME MODE" lines: adds to OUT/rows.
run_all() {
    xargs -r -P"$1" -L1 bash -c '"$0" "$1" "$2" "$4" "$3"' \
        "$here/run.sh" "$build" "$out" >>"$out/rows" 2>>"$out/log"
}

# Of the lines "NAME MODE" those that are not left out.
kept() {
    grep -vxEf <(awk '!/^#/ { print $1, $2 }' "$here/excluded.list") || true
}

# Mode by mode, for some tests use files in /tmp of one name.
run_modes() {
    local mode
    for mode in "${isas[@]}"; do
        sed "s/\$/ $mode/" "$out/names" | kept | run_all "$jobs"
    done
    for mode in "${isas[@]/#/from-}" apart; do
        awk -v mode=$mode -v oracle=$(oracle $mode) \
            '$3 == 0 && $2 == oracle { print $1, mode }' "$out/rows" |
            sort | kept | run_all "$jobs"
    done
    : >"$out/again"
    [ "$set" = check ] || awk '$2 !~ /^(x86_64|aarch64)$/ && $3 != 0 {
        print $1, $2 }' "$out/rows" >"$out/again"
    run_all 1 <"$out/again"
}

oracle() { # oracle MODE
    [ "$1" = from-aarch64 ] && echo aarch64 || echo x86_64
}

# The last row of a test and mode counts.
table() {
    awk -v modes="${modes[*]}" -v least="$1" -v set="$set" -v again="$(wc -l <"$out/again")" '
        { status[$1, $2] = $3; moves[$1, $2] = $4; names[$1] = 1 }
        END {
            n = split(modes, mode, " ")
            for (name in names) {
                row = name
                for (i = 1; i <= n; i++) {
                    k = name SUBSEP mode[i]
                    row = row " " (k in status ? status[k] : "-") " " moves[k] + 0
                    if (!(k in status)) continue
                    if (status[k] ~ /^(99|12[5-7])$/) bad[name " " mode[i] " does not start"]
                    if (i <= 2) { native[i] += status[k] == 0; continue }
                    total += moves[k]
                    same += status[k] == 0
                    if (status[k] != 0) bad[name " " mode[i] " status " status[k]]
                    else if (i <= 4 && moves[k] == 0) bad[name " " mode[i] " never moved"]
                }
                print row | "sort"
                tests++
            }
            close("sort")
            for (b in bad) { print "FAIL: " b >"/dev/stderr"; failed++ }
            printf "%s: %d tests, pass natively: %d on x86_64, %d on aarch64; " \
                "moved the same: %d runs, %d failed (%d runs tried twice); " \
                "%d moves\n", set, tests, native[1], native[2], same, failed,
                again, total >"/dev/stderr"
            if (same < least) print "FAIL: " least " runs wanted" >"/dev/stderr"
            exit failed > 0 || same < least
        }' "$out/rows" >"$out/table" 2>"$out/summary"
}

record() { # record STATUS TEXT
    [ "$set" = check ] ||
        record_result "$build" "posix-$set" x86_64 poison "$1" \
            "$(awk '{ n += $4 } END { print n + 0 }' "$out/rows")" "$2"
}

corpus_source posix "$suite"
rm -rf "$out"
mkdir -p "$out"
touch "$out/rows"
record FAIL "did not come to its end"
wanted >"$out/names"
split -l 100 "$out/names" "$out/batch"
build_flavour x86_64 "$here/../../../bench/musl-clang" x86_64-flto
build_flavour aarch64 "$here/../../../bench/musl-clang" aarch64-flto
build_flavour popcorn "$build/bin/popcorn-clang" -flto -popcorn-dense-points
run_modes
least=$(awk -v set="$set" '$1 == set { print $3 }' "$here/sets.list")
if table "${least:-50}"; then status=0; else status=1; fi
record "$([ $status = 0 ] && echo ok || echo FAIL)" "$(tail -n 1 "$out/summary")"
[ $status = 0 ] || cat "$out/log"
cat "$out/summary"
exit $status
