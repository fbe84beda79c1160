#!/usr/bin/env bash
# A compiler that makes wrong values which every verifier finds well described
# (faults.def: wrong-*) does not get past the tests that run programs. The same
# scripts as in their own tests run here on a tree whose popcorn-codegen plants
# the fault; each fault must be found by at least one of them. That they say nothing
# without a fault is what they show by themselves.
#   wrong_values.sh BUILD CLANG GENERATE [all]
# all: the methods behind the first that finds a fault run too.
set -euo pipefail
build=$(cd "$1" && pwd) clang=$2 generate=$(realpath "$3") all=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
tests=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

planted() { # planted FAULT: $work/tree is $build with such a compiler
    local tree=$work/tree part
    rm -rf "$tree"
    mkdir -p "$tree/bin" "$tree/lib/popcorn"
    for part in "$build"/bin/*; do # the driver looks for its parts beside itself
        ln "$part" "$tree/bin/" 2>/dev/null || cp "$part" "$tree/bin/"
    done
    for part in "$build"/lib/popcorn/*; do ln -s "$part" "$tree/lib/popcorn/"; done
    rm "$tree/lib/popcorn/popcorn-codegen"
    cat >"$tree/lib/popcorn/popcorn-codegen" <<SH
#!/bin/sh
exec "$build/lib/popcorn/popcorn-codegen" $1 "\$@"
SH
    chmod +x "$tree/lib/popcorn/popcorn-codegen"
}

methods=(language case random)
run() { # run METHOD: that test, on the planted tree
    case $1 in
    random) "$here/random.sh" "$work/tree" "$clang" "$generate" 2 1 1 ;;
    language) "$tests/program/language/language.sh" "$work/tree" "$tests/program/language/locals.c" O2 ;;
    case) "$tests/program/torture/case.sh" "$work/tree" \
        "$tests/program/torture/cases/constant-before-branch.c" ;;
    esac
}

wrong=0
for fault in wrong-remat wrong-relocate wrong-slot; do
    planted "--plant-fault=$fault"
    found=
    for method in "${methods[@]}"; do
        [ -z "$found" ] || [ -n "$all" ] || break
        if ! run "$method" >"$work/log" 2>&1; then
            found+=" $method"
            # A wrong value, not a refusal.
            if grep -q 'could not migrate safely' "$work/log"; then
                echo "FAIL: $fault is refused by a verifier, not found by a test"
                wrong=1
            fi
        fi
    done
    echo "$fault: found by${found:- no test}"
    if [ -z "$found" ]; then
        tail -n 5 "$work/log"
        wrong=1
    fi
done
exit $wrong
