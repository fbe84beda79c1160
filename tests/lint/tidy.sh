#!/usr/bin/env bash
# tidy.sh SOURCE BUILD c|cpp: clang-tidy over the files of that suffix that programs
# of the host and passes are made of (.clang-tidy has the checks).
set -uo pipefail
out=$(mktemp)
trap 'rm -f "$out"' EXIT
# What is a warning of one compiler is none of the other.
run-clang-tidy-19 -quiet -p "$2" -j "$(nproc)" -extra-arg=-Wno-error \
    "^$1/(isa|runtime|linker|compiler|tools)/.*\.$3\$" >"$out" 2>&1
status=$?
grep -E -A 3 '(warning|error): ' "$out" | head -n 100
exit $status
