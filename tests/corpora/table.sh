#!/usr/bin/env bash
# The table that `make check-long` ends with, from what the tests recorded
# (tests/lib/result.sh): program, moves, and the result of each way to run it.
#
#   table.sh BUILD
#
# Prints it and writes BUILD/results/table. "judge" is the second judge's, without a
# move (docs/corpora.md). A way that was not run is shown as "-". Status 1 if anything
# failed.
set -euo pipefail
results=$1/results
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/isas.sh"
ways=() starts=() words=() format='%-28s %10s  '
for isa in $(isas "$1"); do
    ways+=("$isa".{plain,poison,points,judge})
    starts+=("$isa start")
    words+=(plain poison points judge)
    format+=' %-8s %-8s %-8s %-8s'
done
format+='\n'
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
    # The name of a start is longer than a cell.
    printf "${format//%-8s %-8s %-8s %-8s/%-35s}" "" "" "${starts[@]}"
    printf "$format" program moves "${words[@]}"
    for program in $(programs); do
        row "$program"
    done
} 3>"$results/failures" | sed 's/ *$//' >"$results/table"
cat "$results/failures" >>"$results/table"
cat "$results/table"
[ ! -s "$results/failures" ]
