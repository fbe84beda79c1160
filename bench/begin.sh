# shellcheck shell=bash
# Sourced by the benchmarks of moves and of memory, SCRIPT BUILD [quick], and by
# versions.sh. Makes build, popcorn, here, root, quick, host, node_pairs; say,
# compile, quantile.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
quick=${2:-}
popcorn=$build/bin/popcorn
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tests/lib/isas.sh"
host=$(host_isa)
node_pairs= # of nodes: this machine's with one of each ISA
for isa in $(isas "$build"); do node_pairs+="$host,$isa "; done

say() { printf '\n== %s\n' "$*"; }

# compile FOLDER PROGRAM...: by their paths here, without .c
compile() {
    local program folder=$1
    mkdir -p "$folder"
    for program in "${@:2}"; do
        "$build/bin/popcorn-clang" -O2 "$here/$program.c" \
            -o "$folder/${program##*/}"
    done
}

# quantile FILE NAME N: the Nth number of a line of --stats
quantile() { awk -v name="$2" -v n="$3" 'index($0, name) == 3 {
    k = 0; for (i = 1; i <= NF; i++) if ($i ~ /^[0-9.]+$/ && ++k == n) print $i }' "$1"; }
