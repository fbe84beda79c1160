#!/usr/bin/env bash
# GCC's c-torture execute tests, built with popcorn-clang with a migration
# point at every function entry and loop iteration, and moved at each of them.
#
#   torture.sh BUILD LLVM_LINK SET [JOBS]
#
# SET: check (every 25th test, O2-dense-points), or all tests at LEVEL-POINTS, for
# example O3-short-strips (strips of 8 iterations, not points everywhere). Each runs
# on each ISA alone, and moved at every point from both start ISAs with --poison.
# Prints a table (BUILD/torture/<level>-<points>/table: program, and for each mode status
# and moves) and fails if a test that is not in excluded.list does not pass or
# never moves.
#
# About 100 tests make one program, because the link of one test takes longer
# than all of its runs (harness.c).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) llvm_link=$2 set=$3 jobs=${4:-2}
. "$here/../../lib/sources.sh"
. "$here/../../lib/isas.sh"
. "$here/../../lib/result.sh"
package=gcc-12=12.2.0-14+deb12u1
sha256=3aed0b189189c744dc9f4b74798a51d3e512ea85e492568db788a927c88e20ba
cc=$build/bin/popcorn-clang
sources=$build/torture/source
batch_size=100
mapfile -t isas < <(isas "$build")
modes=("${isas[@]}" "${isas[@]/#/from-}")

# The package holds upstream's archive inside its own; both are read as
# streams, because unpacked they take 1 GB.
fetch() {
    local download archive
    [ -e "$sources/.unpacked" ] && return 0
    download=$(mktemp -d)
    archive=$(corpus_download gcc "$download") || exit 1
    rm -rf "$sources"
    mkdir -p "$sources"
    tar -xOf "$archive" --wildcards '*/gcc-12*.tar.xz' |
        tar -xJ -C "$sources" --strip-components=5 --wildcards \
            '*/gcc/testsuite/gcc.c-torture/execute' ||
        corpus_fail "gcc: the source package does not unpack"
    rm -rf "$download"
    touch "$sources/.unpacked"
}

# The first word of each line of excluded.list is a test, the second a level
# or "all"; the rest is the reason.
wanted() { # wanted LEVEL -> NAME<tab>OPTIONS
    grep -v '^#' "$here/tests.list" |
        { if [ "$set" = check ]; then sed -n '1~25p'; else cat; fi; } |
        awk -F'\t' -v level="$1" -v excluded="$here/excluded.list" '
            BEGIN {
                while ((getline line <excluded) > 0) {
                    split(line, word, " ")
                    if (line !~ /^#/ && (word[2] == "all" || word[2] == level))
                        out[word[1]] = 1
                }
            }
            !($1 in out)'
}

# A test that defines a name which another one only uses (its own abort or
# memcpy) must be linked first: what is linked later has its names internal.
order() { # order OUT <NAMES >NAMES
    local out=$1 name
    mapfile -t names
    (cd "$out" && "${llvm_link%link*}nm${llvm_link##*link}" --no-weak -A -g \
        "${names[@]/%/.o}" 2>/dev/null) |
        awk -v names="${names[*]}" '
            { sub(/\.o:.*/, "", $1) }
            $(NF - 1) == "U" { used[$NF] = used[$NF] " " $1; next }
            $NF != "main" { defined[$1] = defined[$1] " " $NF }
            END {
                n = split(names, name, " ")
                for (i = 1; i <= n; i++) {
                    first = 0
                    m = split(defined[name[i]], d, " ")
                    for (k = 1; k <= m; k++) first += d[k] in used
                    if (first) print name[i]; else rest[++r] = name[i]
                }
                for (i = 1; i <= r; i++) print rest[i]
            }'
}

run_level() { # run_level LEVEL POINTS
    local level=$1 points=$2 out=$build/torture/${1#-}-$2 status=0 batch names mode limit
    local program
    mkdir -p "$out"
    rm -f "$out"/batch* "$out"/*.rows
    record "$out" FAIL "did not come to its end"
    wanted "$level" >"$out/list"
    tr '\n' '\0' <"$out/list" |
        xargs -0 -P"$jobs" -n1 "$here/compile.sh" "$cc" "$sources" "$out" "$level" -flto
    : >"$out/empty.c"
    "$cc" -flto -O2 -c "$out/empty.c" -o "$out/empty.o"
    "$cc" -flto -O2 -fno-builtin -c "$here/../../lib/batch/harness.c" -o "$out/harness.o"
    find "$out" -name '*.err' | sort | while read -r problem; do
        echo "${problem#"$out/"} $(head -n 1 "$problem")"
    done >"$out/not-built"
    cut -f1 "$out/list" | while read -r name; do
        [ ! -e "$out/$name.o" ] || echo "$name"
    done | split -l $batch_size - "$out/batch"
    for batch in "$out"/batch??; do
        order "$out" <"$batch" >"$batch.names"
        echo "$batch"
    done | xargs -P"$jobs" -I{} bash -c '
        mapfile -t names <"$5.names"
        "$0/../../lib/batch/link.sh" "$1" "$2" "$3" "$4" "$5.program" "${names[@]}"' \
        "$here" "$cc" "$llvm_link" "$out" "$level -popcorn-$points -fno-lto" {} || status=1
    for batch in "$out"/batch??; do
        for mode in "${modes[@]}"; do
            echo "$batch $mode"
        done
    done | xargs -P"$jobs" -L1 bash -c '
        mapfile -t names <"$2.names"
        "$0/../../lib/batch/run.sh" "$1" "$2.program" "$3" 2000 "${names[@]}" \
            >"$2.$3.rows" 2>"$2.$3.log"' "$here" "$build" || status=1
    table "$out" || status=1
    return $status
}

# The rows of tests/corpora/table.sh; all runs with moves poison.
record() { # record OUT STATUS TEXT
    local isa
    [ "$set" != check ] || return 0
    for isa in "${isas[@]}"; do
        record_result "$build" "c-torture-$(basename "$1")" $isa poison "$2" \
            "$(find "$1" -name "batch??.from-$isa.rows" -exec cat {} + |
                awk '{ n += $4 } END { print n + 0 }')" "$3"
    done
}

# One line per test: name, then "status moves" for each mode.
table() {
    local out=$1
    cat "$out"/*.rows | awk -v modes="${modes[*]}" -v list="$out/list" -v level="$(basename "$out")" '
        { result[$1, $2] = $3; moves[$1, $2] = $4 }
        END {
            n = split(modes, mode, " ")
            while ((getline line <list) > 0) {
                split(line, field, "\t")
                name = field[1]
                row = name; good = 1
                for (i = 1; i <= n; i++) {
                    r = ((name, mode[i]) in result) ? result[name, mode[i]] : "missing"
                    m = moves[name, mode[i]] + 0
                    if (r == "0" && mode[i] ~ /^from/ && m == 0 && level ~ /dense/) r = "no-move"
                    if (r != "0") good = 0
                    row = row " " (r == "0" ? "ok" : "FAIL:" r) " " m
                    total += m
                }
                print row
                tests++
                if (!good) { bad++; print row >"/dev/stderr" }
            }
            printf "%s: %d tests, %d failed, %d moves\n", level, tests, bad, total >"/dev/stderr"
            exit bad > 0 || tests == 0
        }' >"$out/table" 2>"$out/summary" && status=0 || status=1
    record "$out" "$([ $status = 0 ] && echo ok || echo FAIL)" "$(tail -n 1 "$out/summary")"
    [ ! -s "$out/not-built" ] || sed 's/^/does not build: /' "$out/not-built"
    [ "$set" = check ] || cat "$out/table"
    cat "$out/summary"
    return $status
}

fetch
level=$([ "$set" = check ] && echo O2-dense-points || echo "$set")
run_level "-${level%%-*}" "${level#*-}"
