# shellcheck shell=bash
# Sourced by the benchmarks of moves and of memory: SCRIPT BUILD [quick]. Makes
# build, popcorn, here, root, quick, host, node_pairs; say, compile.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
quick=${2:-}
popcorn=$build/bin/popcorn
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
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
