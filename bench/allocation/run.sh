#!/usr/bin/env bash
# What malloc and free cost: the tables of docs/performance.md, "Allocation".
#
#   run.sh BUILD [quick]
#
# BEFORE, another libc.a: its allocator is measured too, as popcorn-before.
. "$(dirname "$0")/../begin.sh"
out=$build/bench/allocation-work
runs=$([ -n "$quick" ] && echo 3 || echo 9)
mkdir -p "$out"

makers="popcorn glibc glibc-static musl"
[ -z "${BEFORE:-}" ] || makers+=" popcorn-before"

# build_with MAKER SOURCE: to $out/PROGRAM.MAKER
build_with() {
    local to
    to=$out/$(basename "$2" .c).$1
    case $1 in
    popcorn) "$build/bin/popcorn-clang" -O2 "$2" -o "$to" -pthread ;;
    popcorn-before) "$build/bin/popcorn-clang" -O2 "$2" "$BEFORE" -o "$to" -pthread ;;
    glibc) clang-19 -O2 "$2" -o "$to" -pthread ;;
    glibc-static) clang-19 -O2 -static "$2" -o "$to" -pthread ;;
    musl) "$root/bench/musl-clang" "$host" -O2 "$2" -o "$to" ;;
    esac
}

# Rows "ROUND MAKER WAY NS" to medians and medians of the ratios to glibc of a round.
table() {
    sort -k3,3 -k2,2 -k4,4n | awk '
        { ns[$3, $2, $1] = $4; if (!(($3, $2) in n)) { way[$3]; maker[$2] } n[$3, $2]++; v[$3, $2, n[$3, $2]] = $4 }
        function median(a, k,   i, j, t) {
            for (i = 2; i <= k; i++) for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
            return a[int((k + 1) / 2)]
        }
        END { for (w in way) for (m in maker) { k = 0
                for (r = 1; r <= n[w, m]; r++) ratio[++k] = ns[w, m, r] / ns[w, "glibc", r]
                printf "%s\t%s\t%.2f\t%.2f\n", w, m, v[w, m, int((k + 1) / 2)], median(ratio, k) } }' | sort
}

say "ns an operation, and of glibc's: medians of $runs interleaved runs"
for maker in $makers; do build_with "$maker" "$here/churn.c"; done
for round in $(seq "$runs"); do
    echo "round $round of $runs" >&2
    for way in small tiny medium large grow pair zeroed threads passed; do
        for maker in $makers; do
            printf '%s %s %s\n' "$round" "$maker" "$("$out/churn.$maker" $way)"
        done
    done
done | table

say "a program that allocates one block: us from start to end, median; .text and file, bytes; pages touched"
cat >"$out/one.c" <<'END'
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    char *volatile p = malloc(10 * (size_t)argc);
    (void)argv;
    p[0] = '\n';
    write(1, p, 1);
    free(p);
    return 0;
}
END
for maker in $makers; do build_with "$maker" "$out/one.c"; done
# shellcheck disable=SC2086  # one word a program
"$build/bench/popcorn-starts" $((runs * 40)) $(for m in $makers; do echo "$out/one.$m"; done) |
    while read -r program us faults; do
        printf '%s\t%s\t%s\t%s\t%s\n' "${program##*one.}" "$us" \
            "$(size -A "$program" | awk '/text/ { s += $2 } END { print s }')" \
            "$(stat -c %s "$program")" "$faults"
    done

# The faults of all nodes: read, write, upgrade.
faults_of() { awk '/^ *page faults/ { print $3 + $5 + $7 }' "$1"; }

say "two threads on two nodes, each with blocks of its own: ms, page faults; medians of $runs"
build_with popcorn "$here/apart.c"
[ -z "${BEFORE:-}" ] || build_with popcorn-before "$here/apart.c"
for nodes in $node_pairs; do
    for mixed in "" mixed; do
        for maker in popcorn ${BEFORE:+popcorn-before}; do
            for _ in $(seq "$runs"); do
                ms=$("$popcorn" run --nodes "$nodes" --stats="$out/stats" \
                    "$out/apart.$maker" 2 500 $mixed | awk '{ print $2 }')
                echo "$ms $(faults_of "$out/stats")"
            done | sort -n | awk -v row="$nodes $maker ${mixed:-own}" '
                { ms[NR] = $1; f[NR] = $2 }
                END { n = asort_by(f); print row, ms[int((NR + 1) / 2)], f[int((NR + 1) / 2)] }
                function asort_by(a,   i, j, t) {
                    for (i = 2; i <= NR; i++) for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
                    return NR
                }'
        done
    done
done
