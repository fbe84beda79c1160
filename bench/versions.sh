#!/usr/bin/env bash
# Two builds of this project in turns, old and new: is a program, a move or a fault
# slower? Each build compiles and runs the programs with its own tools.
#
#   versions.sh OLD_BUILD NEW_BUILD [ROUNDS]
#
# Ends with a table: medians of both, and the median, lowest and highest of the
# rounds' ratios new/old. All rows are times: above 1 is slower.
[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
. "$(dirname "$0")/begin.sh"
declare -A builds=([old]=$build [new]=$(cd "$2" && pwd))
rounds=${3:-11}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mapfile -t computing < <(cd "$here" && ls programs/*.c | sed 's/\.c$//')
for version in old new; do
    build=${builds[$version]}
    compile "$work/$version" moves/shuttle moves/pages moves/frames moves/crowd \
        memory/stream "${computing[@]}"
done

# row NAME VALUE: of this version and round
row() { printf '%s\t%s\t%s\t%s\n' "$1" "$version" "$round" "$2" >>"$work/rows"; }
run() { # run PROGRAM ARGUMENT...: between $nodes
    "${builds[$version]}/bin/popcorn" run --nodes "$nodes" --stats="$work/stats" \
        "$work/$version/$1" "${@:2}"
}

moves() { # all that is measured of moves between $nodes
    local name median _
    while read -r name median _; do row "$nodes $name, us" "${median}e-3"; done < <(
        run shuttle 400 0 | sed -n 's/^\(there\|back\) /move-&/p'
        run shuttle 400 16 | sed -n 's/^round-trip/&-of-16-pages/p'
        run crowd 4 0 100 4 | sed 's/^[^ ]*/crowd-of-4/'
        run pages 1024 | grep -v '^wrong')
    run stream 256 | awk '{ print 1e6 / $2 }' |
        { read -r median && row "$nodes stream, us a MB" "$median"; }
    run frames 100 200 >/dev/null
    for name in capture rebuild; do
        row "$nodes $name of 103 frames, us" "$(quantile "$work/stats" "  $name" 1)"
    done
}

for ((round = 1; round <= rounds; round++)); do
    printf '%s  round %d of %d\n' "$(date +%T)" "$round" "$rounds" >&2
    order=(old new)
    ((round % 2)) || order=(new old)
    for version in "${order[@]}"; do
        for nodes in $node_pairs; do moves; done
    done
done

python3 - "$work/rows" <<'PYTHON'
import statistics
import sys

values = {}
for line in open(sys.argv[1]):
    name, version, round_, value = line.rstrip("\n").split("\t")
    values.setdefault(name, {}).setdefault(version, {})[round_] = float(value)
print("| measured | old | new | new/old (lowest, highest) |\n|---|---|---|---|")
for name, of in values.items():
    ratios = [of["new"][r] / of["old"][r] for r in of["new"] if of["old"][r] > 0]
    print("| %s | %.4g | %.4g | %.3f (%.3f - %.3f) |" % (
        name, statistics.median(of["old"].values()),
        statistics.median(of["new"].values()), statistics.median(ratios),
        min(ratios), max(ratios)))
PYTHON
for program in "${computing[@]##*/}"; do
    "${builds[new]}/bench/popcorn-compare" -n "$rounds" -c "$program, s" \
        "$work/new/$program" "$work/old/$program" |
        awk -F '\t' '{ printf "| %s | %s | %s | %s (%s - %s) |\n", $1, $3, $2, $4, $5, $6 }'
done
