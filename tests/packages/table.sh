#!/usr/bin/env bash
# The table of packages in Markdown (docs/corpora.md), from the rows that package.sh
# wrote, BUILD/results/*.package. Of two numbers the first is Popcorn's, the second
# clang's; seconds are elapsed ones, in brackets of processors.
#
#   table.sh BUILD [NAME...]    NAME: run first (package.sh); "all": every recipe
#
# Status 1 if a package failed; which and why stands behind the table.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
[ "${1:-}" != all ] || { mapfile -t names < <(cd "$here/recipes" && printf '%s\n' *.sh); set -- "${names[@]%.sh}"; }
for name; do
    "$here/package.sh" "$build" "$name" >&2
done

echo '| package | configure, s | make, s | code, KB | file, KB | pass with clang | unmoved | moved | moves |'
echo '|---|---|---|---|---|---|---|---|---|'
status=0 failures=
for row in "$build"/results/*.package; do
    [ -e "$row" ] || break
    name=${row##*/} name=${name%.package}
    awk -v name="$name" '
        function pair(a, b) { return sprintf("%.0f / %.0f", a, b) }
        function times(at) {
            return sprintf("%.0f (%.0f) / %.0f (%.0f)", popcorn[at], popcorn[at + 1], clang[at], clang[at + 1])
        }
        function same(tests, passed, excepted) {
            return passed " of " tests (excepted ? " (" excepted " named)" : "")
        }
        $1 == "clang" { for (i = 2; i <= 7; i++) clang[i] = $i }
        $1 == "popcorn" { for (i = 2; i <= 7; i++) popcorn[i] = $i }
        $1 == "unmoved" { tests = $2; unmoved = same($2, $3, $4) }
        $1 == "moved" { moved = same($2, $3, $4) }
        $1 == "moves" { moves = $2 }
        END {
            if (tests == "") { print "| " name " | - | - | - | - | - | - | - | - |"; exit }
            printf "| %s | %s | %s | %s | %s | %d | %s | %s | %d |\n", name,
                times(2), times(4),
                pair(popcorn[6] / 1000, clang[6] / 1000), pair(popcorn[7] / 1000, clang[7] / 1000),
                tests, unmoved, moved, moves
        }' "$row"
    result=$(sed -n 's/^status //p' "$row")
    [ "$result" = ok ] || { status=1; failures+="$name: $result"$'\n'; }
done
[ -z "$failures" ] || printf '\n%s' "$failures"
exit $status
