#!/usr/bin/env bash
# Runs a torture program (harness.c) from its first test to its last, going on
# behind a test that kills it.
#
#   run.sh BUILD PROGRAM MODE MOVES NAME...
#
# MODE: an ISA (its image alone, no moves) or from-ISA (popcorn run --bounce 1
# --poison: four moves at each point from each node, and that many for a process).
# Output: a line "NAME MODE STATUS MOVES OUTPUT" for each NAME, which are the
# tests of PROGRAM in their order. STATUS 0 is a success. OUTPUT: output.awk. A
# test that fails is run once more in a process of its own, and that counts: one
# before it may have left stdout closed.
set -u
build=$1 program=$(realpath "$2") mode=$3 moves=$4
shift 4
names=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds=60

# run FIRST COUNT: status of the program; lines of the tests in work/results.
run() {
    local options=(--nodes "$mode") status
    case $mode in
    from-*)
        options=(--nodes "$("$(dirname "$0")/nodes.sh" "$build" "${mode#from-}")" --bounce 1
            --bounce-limit "$moves" --bounce-each 4 --poison)
        ;;
    esac
    : >"$work/results"
    (cd "$work" && timeout -k 5 $seconds "$build/bin/popcorn" run \
        "${options[@]}" -- "$program" "$work/results" "$1" "$2" "$moves") \
        >"$work/out" 2>&1 </dev/null 3>&-
    status=$?
    cat "$work/results.output" >>"$work/all.output"
    return $status
}

again() { # again INDEX WHAT
    local status result
    run "$1" 1
    status=$?
    result=$(cut -d' ' -f2,3 "$work/results")
    [ -n "$result" ] || result="died-$status 0"
    case $result in
    "0 "*) echo "${names[$1]}: $2 behind other tests, passes alone" >&2 ;;
    *) tail -qn 3 "$work/results.output" "$work/out" | sed "s/^/    ${names[$1]}: /" >&2 ;;
    esac
    echo "${names[$1]} $mode $result"
}

first=0
exec 3>&1 >"$work/all"
while [ "$first" -lt ${#names[@]} ]; do
    run "$first" 10000
    status=$?
    cp "$work/results" "$work/ended"
    while read -r name result made; do
        [ "$name" = "${names[first]}" ] ||
            { echo "run.sh: $name in place of ${names[first]}" >&2; exit 1; }
        if [ "$result" = 0 ]; then
            echo "$name $mode 0 $made"
        else
            again "$first" "status $result"
        fi
        first=$((first + 1))
    done <"$work/ended"
    [ $status = 75 ] || [ "$first" -ge ${#names[@]} ] && continue
    again "$first" "died with status $status"
    first=$((first + 1))
done
awk -f "$(dirname "$0")/output.awk" "$work/all.output" "$work/all" >&3
