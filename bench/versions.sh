#!/usr/bin/env bash
# Two builds of this project in turns, old and new: is a program, a move or a fault
# slower? Each build compiles and runs the programs with its own tools.
#
#   versions.sh OLD_BUILD NEW_BUILD [ROUNDS]
#
# Ends with a table: medians of both, and the median, lowest and highest of the
# rounds' ratios new/old. All rows are times: above 1 is slower.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
declare -A builds
builds[old]=$(cd "$1" && pwd)
builds[new]=$(cd "$2" && pwd)
rounds=${3:-11}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tests/lib/isas.sh"
host=$(host_isa)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

moving=(moves/shuttle moves/pages moves/frames moves/crowd memory/stream)
mapfile -t computing < <(cd "$here" && ls programs/*.c | sed 's/\.c$//')
for build in old new; do
    mkdir "$work/$build"
    for program in "${moving[@]}" "${computing[@]}"; do
        "${builds[$build]}/bin/popcorn-clang" -O2 "$here/$program.c" \
            -o "$work/$build/${program##*/}"
    done
done

# row NAME VALUE: of this build and round
row() { printf '%s\t%s\t%s\t%s\n' "$1" "$build" "$round" "$2" >>"$work/rows"; }
run() { # run NODES PROGRAM ARGUMENT...
    local program=$2 nodes=$1
    shift 2
    "${builds[$build]}/bin/popcorn" run --nodes "$nodes" --stats="$work/stats" \
        "$work/$build/$program" "$@"
}

moves() { # all that is measured of moves between these nodes
    local nodes=$1 name median _
    while read -r name median _; do row "$nodes $name, us" "${median}e-3"; done < <(
        run "$nodes" shuttle 400 0 | sed -n 's/^\(there\|back\) /move-&/p'
        run "$nodes" shuttle 400 16 | sed -n 's/^round-trip/&-of-16-pages/p'
        run "$nodes" crowd 4 0 100 4 | sed 's/^[^ ]*/crowd-of-4/'
        run "$nodes" pages 1024 | grep -v '^wrong')
    run "$nodes" stream 256 | awk '{ print 1e6 / $2 }' |
        { read -r median && row "$nodes stream, us a MB" "$median"; }
    run "$nodes" frames 100 200 >/dev/null
    while read -r name median; do row "$nodes $name of 103 frames, us" "$median"; done < <(
        awk '$1 == "capture" || $1 == "rebuild" {
            for (i = 2; i <= NF; i++) if ($i ~ /^[0-9.]+$/) { print $1, $i; next } }' \
            "$work/stats")
}

# The programs' processor time, which is no start-up's: user and system, s.
compute() {
    local TIMEFORMAT='%U %S' user system
    for program in "${computing[@]}"; do
        read -r user system < <(
            { time "$work/$build/${program##*/}" >/dev/null; } 2>&1)
        row "${program##*/}, s" "$(awk "BEGIN { print $user + $system }")"
    done
}

for ((round = 1; round <= rounds; round++)); do
    printf '%s  round %d of %d\n' "$(date +%T)" "$round" "$rounds" >&2
    order=(old new)
    ((round % 2)) || order=(new old)
    for build in "${order[@]}"; do
        for isa in $(isas "${builds[new]}"); do moves "$host,$isa"; done
        compute
    done
done

python3 - "$work/rows" <<'PYTHON'
import statistics
import sys

values = {}
for line in open(sys.argv[1]):
    name, build, round_, value = line.rstrip("\n").split("\t")
    values.setdefault(name, {}).setdefault(build, {})[round_] = float(value)
print("| measured | old | new | new/old (lowest, highest) |\n|---|---|---|---|")
for name, of in values.items():
    ratios = [of["new"][r] / of["old"][r] for r in of["new"] if of["old"][r] > 0]
    print("| %s | %.4g | %.4g | %.3f (%.3f - %.3f) |" % (
        name, statistics.median(of["old"].values()),
        statistics.median(of["new"].values()), statistics.median(ratios),
        min(ratios), max(ratios)))
PYTHON
