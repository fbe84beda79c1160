#!/usr/bin/env bash
# How long libc's string functions take, of what they take in glibc (dynamic, as
# clang-19 -O2 links it) and in musl: the tables of docs/performance.md, "Strings".
#
#   run.sh BUILD [quick]
. "$(dirname "$0")/../begin.sh"
out=$build/bench/strings-work
runs=$([ -n "$quick" ] && echo 3 || echo 9)
mkdir -p "$out"

# Every call is one: none is computed by the compiler, or made of others.
"$build/bin/popcorn-clang" -O2 -fno-builtin "$here/strings.c" -o "$out/popcorn"
clang-19 -O2 -fno-builtin "$here/strings.c" -o "$out/glibc"
"$root/bench/musl-clang" "$host" -O2 -fno-builtin "$here/strings.c" -o "$out/musl"

for round in $(seq "$runs"); do
    for maker in popcorn glibc musl; do
        "$out/$maker" -q | sed "s/^/$round $maker /"
    done
done >"$out/rows"

# Rows "ROUND MAKER FUNCTION SIZE ALIGNED NS" to medians of the ratios of a round.
for other in glibc musl; do
    say "popcorn / $other, ns of ns: medians of $runs interleaved runs"
    awk -v other="$other" '
        $2 == "popcorn" { if (!(($3, $5) in seen)) { seen[$3, $5]; row[++rows] = $3 SUBSEP $5 }
                          if (!($4 in known)) { known[$4]; size[++sizes] = $4 } }
        { ns[$1, $2, $3, $5, $4] = $6; if ($1 > rounds) rounds = $1 }
        function median(a, k,   i, j, t) {
            for (i = 2; i <= k; i++) for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
            return a[int((k + 1) / 2)]
        }
        END {
            printf "%-22s", "bytes"
            for (s = 1; s <= sizes; s++) printf "%6s", size[s] < 1024 ? size[s] : size[s] / 1024 "K"
            for (f = 1; f <= rows; f++) {
                split(row[f], part, SUBSEP)
                printf "\n%-12s%-10s", part[1], part[2]
                for (s = 1; s <= sizes; s++) {
                    for (r = 1; r <= rounds; r++)
                        ratio[r] = ns[r, "popcorn", row[f], size[s]] / ns[r, other, row[f], size[s]]
                    printf "%6.2f", median(ratio, rounds)
                }
            }
            print ""
        }' "$out/rows"
done

say "hello: .text, bytes"
cat >"$out/hello.c" <<'END'
#include <stdio.h>
int main(void)
{
    puts("hello");
    return 0;
}
END
"$build/bin/popcorn-clang" -O2 "$out/hello.c" -o "$out/hello"
size -A "$out/hello" | awk '/text/ { print $1, $2 }'
