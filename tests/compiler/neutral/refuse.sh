#!/usr/bin/env bash
# Each file of refuse/ is refused, with and without -g and optimisation, at the
# line that says so:   CODE // refuse: TEXT     or anywhere:  // refuse-file: TEXT
# The function is named. Exit status 1, and no object.
#   refuse.sh BUILD
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

complain() {
    echo "$1: $2"
    sed 's/^/    /' "$work/stderr"
    failed=1
}

for source in "$here"/refuse/*.c; do
    name=$(basename "$source")
    options=$(sed -n 's|^// options: ||p' "$source")
    line=$(grep -n '// refuse: ' "$source" | cut -d: -f1 || true)
    text=$(sed -n 's|.*// refuse: ||p; s|.*// refuse-file: ||p' "$source")
    for level in -O0 -O2; do
        rm -f "$work/out.o"
        # shellcheck disable=SC2086  # options are words
        status=0
        "$build/bin/popcorn-clang" $options "$level" -w -c "$source" \
            -o "$work/out.o" 2>"$work/stderr" || status=$?
        if [ $status != 1 ]; then
            complain "$name $level" "exit status $status"
            continue
        fi
        [ ! -e "$work/out.o" ] || complain "$name $level" "left an object"
        grep -qF -- "$text" "$work/stderr" ||
            complain "$name $level" "does not say: $text"
        if [ -n "$line" ]; then
            grep -F -- "$text" "$work/stderr" | grep -qF "$name:$line:" ||
                complain "$name $level" "does not name line $line"
        fi
        # Functions are f, but for what is not in one.
        case $name in
        ifunc.c | module_asm.c | *_header.c) ;;
        *) grep -qE "'f'|in '[^']*\bf\(" "$work/stderr" ||
            complain "$name $level" "does not name the function" ;;
        esac
        ! grep -qE 'LLVM ERROR|PLEASE submit|Assertion' "$work/stderr" ||
            complain "$name $level" "crashed"
    done
done
[ "$failed" = 0 ] && echo "$(ls "$here"/refuse/*.c | wc -l) refusals: ok"
exit "$failed"
