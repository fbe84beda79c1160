#!/usr/bin/env bash
# Runs a torture program (harness.c) from its first test to its last, going on
# behind a test that kills it.
#
#   run.sh BUILD PROGRAM MODE MOVES NAME...
#
# MODE: x86_64, aarch64 (the image alone, no moves), from-x86_64, from-aarch64
# (popcorn run --bounce 1 --poison, that many moves for a process).
# Output: a line "NAME MODE STATUS MOVES" for each NAME, which are the tests of
# PROGRAM in their order. STATUS 0 is a success. A test that fails is run once
# more in a process of its own, and that counts: one before it may have left
# stdout closed.
set -u
build=$1 program=$(realpath "$2") mode=$3 moves=$4
shift 4
names=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds=60

# run FIRST COUNT: status of the program; lines of the tests in work/results.
run() {
    local options=(--nodes "$mode")
    case $mode in
    from-x86_64) options=(--nodes x86_64,aarch64) ;;
    from-aarch64) options=(--nodes aarch64,x86_64) ;;
    esac
    case $mode in
    from-*) options+=(--bounce 1 --bounce-limit "$moves" --poison) ;;
    esac
    : >"$work/results"
    (cd "$work" && timeout -k 5 $seconds "$build/bin/popcorn" run \
        "${options[@]}" -- "$program" "$work/results" "$1" "$2" "$moves") \
        >"$work/out" 2>&1 </dev/null
}

again() { # again INDEX WHAT
    local status result
    run "$1" 1
    status=$?
    result=$(cut -d' ' -f2,3 "$work/results")
    [ -n "$result" ] || result="died-$status 0"
    case $result in
    "0 "*) echo "${names[$1]}: $2 behind other tests, passes alone" >&2 ;;
    *) tail -n 3 "$work/out" | sed "s/^/    ${names[$1]}: /" >&2 ;;
    esac
    echo "${names[$1]} $mode $result"
}

first=0
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
