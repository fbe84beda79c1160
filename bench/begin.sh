# shellcheck shell=bash
# Sourced by the benchmarks of moves and of memory: SCRIPT BUILD [quick]. Makes
# build, popcorn, here, root, quick; say, compile.
set -euo pipefail
build=$(cd "${1:-build}" && pwd)
quick=${2:-}
popcorn=$build/bin/popcorn
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

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
