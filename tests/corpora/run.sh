#!/usr/bin/env bash
# Runs a corpus program's work natively and moving between ISAs; what it prints
# and the files it leaves must be the same, byte for byte.
#
#   run.sh BUILD NAME NODES [--poison | --points]
#   run.sh BUILD NAME ISA
#
# The second form is the second judge: the program that LLVM's code generator made
# (build.sh, plain) against popcorn's, both on ISA and without a move.
#
# NAME/recipe.sh gives the work: a function that calls
#
#   run PROGRAM ARGS...     PROGRAM by its path in the build folder
#
# (or hands $(command_of PROGRAM) to a script) as often as it likes, in a folder
# of its own, `set -e` on. $source is the source, $files is tests/corpora/NAME.
# Numbers that libm had a part in have other digits natively, and the recipe cuts
# them off. For these there is
#
#   run_exact PROGRAM ARGS...
#
# which prints the same as run; but what it prints moving must be, to the last digit,
# what the same program prints on this machine without a move. Its input is a file.
#
# Each run moves at each `every`th migration point, at most `limit` times; fewer
# than `moves` moves in all fail the test. With --points each process moves at every
# migration point it comes by, twice from each node, with --poison.
# The result is a row of table.sh.
set -euo pipefail
build=$(cd "$1" && pwd)
name=$2 nodes=$3
shift 3
. "$(dirname "$0")/../lib/sources.sh"
. "$(dirname "$0")/../lib/result.sh"
corpus_load "$name"

source=$build/corpora/$name/source files=$corpora/$name
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mode=plain options=()
case ${1-} in
--poison) mode=poison options=(--poison) ;;
--points) mode=points options=(--poison --bounce-each 2) every=1 limit=1000000 moves=100 ;;
esac
flavours=(native popcorn)
[[ $nodes == *,* ]] || { mode=judge flavours=(plain popcorn); }
reference=${flavours[0]}
mkdir -p "$work/$reference" "$work/popcorn" "$work/stats"

record() { # record STATUS MOVES [TEXT]
    record_result "$build" "$name" "${nodes%%,*}" $mode "$@"
}

fail() {
    printf 'FAIL: %s: %s (nodes %s)\n' "$name" "$*" "$nodes"
    record FAIL 0 "$*"
    tail -n 15 "$work"/*.err | sed 's/^/  /'
    exit 1
}

run() {
    local program=$build/corpora/$name/$flavour/$1
    shift
    if [ "$flavour" = native ]; then
        "$program" "$@"
    elif [ "$reference" = plain ]; then
        "$build/bin/popcorn" run --nodes "$nodes" -- "$program" "$@"
    else
        # May run in a pipe's subshell: the numbers go to a file of their own.
        "$build/bin/popcorn" run --nodes "$nodes" --bounce "$every" \
            --bounce-limit "$limit" "${options[@]}" \
            --stats="$(mktemp "$work/stats/XXXXXX")" -- "$program" "$@"
    fi
}

run_exact() {
    local program=$build/corpora/$name/popcorn/$1
    if [ "$flavour" = native ] || [ "$reference" = plain ]; then
        run "$@"
        return
    fi
    # Opened for each of them: what was read by one would be gone for the other.
    "$program" "${@:2}" </dev/stdin >"$work/unmoved"
    run "$@" </dev/stdin >"$work/moved"
    diff -a "$work/unmoved" "$work/moved" >&2
    cat "$work/moved"
}

# A command that does the same as run, for scripts that start the program themselves.
command_of() { # PROGRAM
    local command=$work/bin/${1##*/}
    mkdir -p "${command%/*}"
    {
        echo '#!/usr/bin/env bash'
        declare -p build name flavour reference nodes every limit options work
        declare -f run
        printf 'run %q "$@"\n' "$1"
    } >"$command"
    chmod +x "$command"
    echo "$command"
}

# The same text, runs and noise on every machine.
sample_text() { # MEGABYTES FILE
    awk -v bytes="$(($1 << 20))" 'BEGIN {
        seed = 42
        while (n < bytes) {
            seed = (seed * 16807) % 2147483647
            line = sprintf("%d %x %s", seed % 1000, seed, substr("the quick brown fox jumps over the lazy dog", 1 + seed % 20, 3 + seed % 17))
            n += length(line) + 1
            print line
        }
    }' >"$2"
    truncate -s "$(($1 << 20))" "$2"
}

record FAIL 0 "did not come to its end"
for flavour in "${flavours[@]}"; do
    # A function called in a condition would run without `set -e`.
    set +e
    (set -e; cd "$work/$flavour"; work) >"$work/$flavour.out" \
        2>"$work/$flavour.err" </dev/null
    status=$?
    set -e
    [ "$status" = 0 ] || fail "$flavour: status $status"
done
cmp "$work/$reference.out" "$work/popcorn.out" || {
    diff -a "$work/$reference.out" "$work/popcorn.out" | head -10
    fail "standard output differs from the $reference run"
}
diff -r "$work/$reference" "$work/popcorn" || fail "files differ from the $reference run"
if [ "$reference" = plain ]; then
    record ok 0
    echo "$name: same output ($(stat -c %s "$work/plain.out") bytes) and files on $nodes"
    exit 0
fi
made=$(cat "$work"/stats/* | sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' |
    awk '{ n += $1 } END { print n + 0 }')
[ "$made" -ge "$moves" ] || fail "only $made moves, $moves wanted"
record ok "$made"
echo "$name: same output ($(stat -c %s "$work/native.out") bytes) and files, $made moves"
