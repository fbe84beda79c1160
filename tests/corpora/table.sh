#!/usr/bin/env bash
# The table that `make check-long` ends with, from what the tests recorded
# (tests/lib/result.sh): program, moves, and the result of each way to run it.
#
#   table.sh BUILD
#
# Prints it and writes BUILD/results/table. A way that was not run is shown as
# "-". Status 1 if anything failed.
set -euo pipefail
results=$1/results
here=$(cd "$(dirname "$0")" && pwd)
ways=({x86_64,aarch64}.{plain,poison,points})
format='%-28s %10s   %-8s %-8s %-8s %-8s %-8s %s\n'
mkdir -p "$results"

# The programs of the recipes, run or not; then what else recorded a result.
# A recipe without work is another test's.
programs() {
    local recipe folder
    for recipe in $(grep -l '^work()' "$here"/*/recipe.sh); do
        recipe=${recipe%/recipe.sh}
        echo "${recipe##*/}"
    done
    for folder in "$results"/*/; do
        folder=${folder%/}
        [ ! -d "$folder" ] || [ -e "$here/${folder##*/}/recipe.sh" ] ||
            echo "${folder##*/}"
    done
}

row() { # row PROGRAM: a line; why something failed goes to file descriptor 3
    local program=$1 way status moves text total=0 cells=()
    for way in "${ways[@]}"; do
        if read -r status moves text 2>/dev/null <"$results/$program/$way"; then
            total=$((total + moves))
            [ "$status" = ok ] || echo "$program, ${way/./ start, }: $text" >&3
        else
            status=-
        fi
        cells+=("$status")
    done
    printf "$format" "$program" "$total" "${cells[@]}"
}

{
    printf '%-28s %10s   %-26s %s\n' "" "" "x86_64 start" "aarch64 start"
    printf "$format" program moves plain poison points plain poison points
    for program in $(programs); do
        row "$program"
    done
} 3>"$results/failures" >"$results/table"
cat "$results/failures" >>"$results/table"
cat "$results/table"
[ ! -s "$results/failures" ]
