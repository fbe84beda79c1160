#!/usr/bin/env bash
# Rules of the tree that a compiler does not check.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1" || exit 2
failed=0
complain() { # RULE MATCHES
    [ -z "$2" ] && return
    printf '%s:\n%s\n' "$1" "$2" | head -20
    failed=1
}
# A program that fails is a match, so what cannot be looked for is not taken for absent.
strict() { "$@" || echo "$1: status $?"; }
search() { # grep's arguments
    local status=0
    grep "$@" || status=$?
    [ $status -le 1 ] || echo "grep: status $status"
}
sources=$(find isa runtime linker compiler tools libc-musl-patched libcxx include examples bench \
    -name '*.[chS]' -o -name '*.cpp' -o -name '*.def' -o -name '*.inc') || exit
scripts=$(find scripts tests bench examples .ci \
    -name '*.sh' -o -path .ci/run -o -path bench/musl-clang) || exit

# shellcheck disable=SC2086  # no blanks in these names
complain "architecture macros" "$(search -nE '__(x86_64|aarch64|amd64)__' $sources)"
complain "an ISA's name outside isa/ (docs/new-isa.md)" "$(strict python3 "$here/isa_names.py" .)"
# shellcheck disable=SC2086
complain "work left open" "$(search -nE '\b(TODO|FIXME|XXX)\b' $sources)"
# shellcheck disable=SC2086
complain "files over 1000 lines" \
    "$(strict wc -l $sources | strict awk '$1 > 1000 && $2 != "total" { print $2 ": " $1 }')"
complain "documents that are missing" "$(for d in README.md docs/{architecture,frame-maps,formats,libc,cxx,glossary,dependencies,performance,decisions,driver,linking,new-isa,dsm,runtime,instrumentation,codegen}.md \
    docs/man/{popcorn,popcorn-clang,popcorn-dump}.1 docs/man/popcornd.8; do [ -s "$d" ] || echo "$d"; done)"
# Not: rows of tables, and what is indented as code.
complain "lines over 100 characters in documents" \
    "$(LC_ALL=C.UTF-8 search -rnE --include='*.md' --exclude-dir='build*' '^.{101}' . |
        search -vE '^[^:]+:[0-9]+:( *\||    )')"
# A missing program is an error of the set-up (tests/CMakeLists.txt).
complain "a test that asks whether a program is there" \
    "$(search -rn 'command -v' tests --include='*.sh' |
        search -v '^tests/lint/')"
# So each has its labels, and says how to run it alone.
complain "a test that cmake/test.cmake does not add" \
    "$(search -rn 'add_test *(' --include=CMakeLists.txt --include='*.cmake' cmake isa runtime \
        linker compiler libc-musl-patched libcxx tools examples tests bench | search -v '^cmake/test.cmake:')"
complain "a skip without its reason" \
    "$(search -rn 'exit 77' tests --include='*.sh' | search -vE 'tests/lint/|skipped: ')"
# Of the commits after this one; not in a tree that was exported, or a shallow clone.
since=e10392c4f95a64e75e5f17305e1e774ec45f29fe
! git cat-file -e $since 2>/dev/null || complain "commit subjects that are not under 72 characters" \
    "$(strict git log --format='%h %s' $since..HEAD |
        LC_ALL=C.UTF-8 search -E '^([^ ]+ .{72}|git: status)')"
for script in $scripts; do
    bash -n "$script" || failed=1
done
# Not: names that a sourced file uses or sets, files without a first line, blanks
# and commas that are meant, a path that is not constant.
complain "shellcheck" "$(printf '%s\0' $scripts | strict xargs -0 -n 40 -P 2 \
    shellcheck -f gcc -S warning -e SC2034,SC2154,SC2148,SC2046,SC2054,SC1090)"
exit $failed
