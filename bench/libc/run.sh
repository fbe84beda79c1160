#!/usr/bin/env bash
# How long libc's functions take, of what they take in glibc and in musl, all
# static: the table of docs/performance.md, "The rest of libc".
#
#   run.sh BUILD [quick] [CASE...]
. "$(dirname "$0")/../begin.sh"
out=$build/bench/libc-work
[ "$quick" = quick ] || { quick='' && set -- "$1" "" "${@:2}"; }
runs=$([ -n "$quick" ] && echo 3 || echo 9)
cases=("${@:3}")
mkdir -p "$out"

# Every call is one: none is computed by the compiler, or made of others.
flags=(-O2 -fno-builtin "$here/libc.c" -pthread)
"$build/bin/popcorn-clang" "${flags[@]}" -o "$out/popcorn"
clang-19 -static "${flags[@]}" -o "$out/glibc" -lm
"$root/bench/musl-clang" "$host" "${flags[@]}" -o "$out/musl"

for round in $(seq "$runs"); do
    for maker in popcorn glibc musl; do
        "$out/$maker" -q "${cases[@]}" | sed "s/^/$round $maker /"
    done
done >"$out/rows"

# Rows "ROUND MAKER CASE NS" to medians, and medians of the ratios of a round.
say "ns: medians of $runs interleaved runs; ratio to glibc's, and of musl's to it"
awk '
    !($3 in seen) { seen[$3]; row[++rows] = $3 }
    { ns[$1, $2, $3] = $4; if ($1 > rounds) rounds = $1 }
    function median(a, k,   i, j, t) {
        for (i = 2; i <= k; i++) for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
        return a[int((k + 1) / 2)]
    }
    function time(maker, name,   r, v) {
        for (r = 1; r <= rounds; r++) v[r] = ns[r, maker, name]
        return median(v, rounds)
    }
    function ratio(maker, name,   r, v) {
        for (r = 1; r <= rounds; r++) v[r] = ns[r, maker, name] / ns[r, "glibc", name]
        return median(v, rounds)
    }
    END {
        printf "%-24s%11s%11s%11s%9s%9s\n", "case", "popcorn", "glibc", "musl", "ratio", "musl"
        for (i = 1; i <= rows; i++) {
            c = row[i]
            mark = ratio("popcorn", c) > 1.25 ? "  *" : ""
            printf "%-24s%11.1f%11.1f%11.1f%9.2f%9.2f%s\n", c, time("popcorn", c), time("glibc", c), time("musl", c), ratio("popcorn", c), ratio("musl", c), mark
        }
    }' "$out/rows"
