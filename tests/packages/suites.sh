# shellcheck shell=bash
# For recipes: how suites are run and their verdicts read.

# Of the lines that come in each $part'th, from the $PIECE'th (1) on.
suite_part() { awk -v part="$part" -v piece="${PIECE:-1}" 'NR % part == piece % part'; }

# suite_each FUNCTION [JOBS]: calls FUNCTION TEST for each $part'th TEST of the lines that
# come in; status 0 is a pass, 77 a skip. What it prints is in suite.TEST.
suite_each() {
    suite_part | xargs -d '\n' -P "${2:-$jobs}" -n 1 bash -c 'suite_one "$@"' bash "$1"
}
suite_one() { # FUNCTION TEST
    local status=0 verdict=FAIL
    "$1" "$2" >"suite.${2//\//.}" 2>&1 </dev/null || status=$?
    case $status in 0) verdict=PASS ;; 77) verdict=SKIP ;; esac
    echo "suite: $2 $verdict"
}
suite_verdicts() { sed -n 's/^suite: //p' "$log"; }

# suite_automake FOLDER [ARGUMENT...]: `make check` there, of each $part'th test.
suite_automake() {
    local folder=$1
    shift
    make -C "$folder" -k -j"$jobs" check TESTS="$(suite_automake_tests "$folder" |
        suite_part | tr '\n' ' ')" "$@"
}
suite_automake_tests() { # FOLDER: a line each
    printf 'include Makefile\npackage-tests:\n\t@printf "%%s\\n" $(TESTS)\n' |
        make -s -C "$1" -f - package-tests
}
# What the parallel harness wrote.
suite_automake_verdicts() {
    find . -name '*.trs' | while read -r file; do
        sed -n "s|^:global-test-result: \([A-Z]*\).*|${file#./} \1|p" "$file"
    done | sed 's|\.trs | |'
}

# suite_tap FOLDER: what suite_each left there, where each TEST prints TAP.
suite_tap() {
    local file
    for file in "$1"/suite.*; do
        sed -nE "/# skip/I{s|^ok ([0-9]+).*|\1 SKIP|p;d}; /# todo/I{s|^(not )?ok ([0-9]+).*|\2 XFAIL|p;d}
            s|^ok ([0-9]+).*|\1 PASS|p; s|^not ok ([0-9]+).*|\1 FAIL|p" "$file" |
            sed "s|^|${file##*/suite.}:|"
    done
}

# What autotest's ./testsuite wrote to the log.
suite_autotest_verdicts() {
    sed -nE 's/^ *([0-9]+): .* (ok|FAILED|skipped|expected failure)( .*|$)/\1 \2/p' "$log" |
        sed 's/ok$/PASS/; s/FAILED/FAIL/; s/skipped/SKIP/; s/expected failure/XFAIL/'
}
