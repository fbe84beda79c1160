#!/usr/bin/env bash
# tidy.sh SOURCE BUILD c|cpp: clang-tidy over the files of that suffix that programs
# of the host, passes and the runtime are made of (.clang-tidy has the checks).
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out
# tidy DATABASE FILES. What is a warning of one compiler is none of the other.
tidy() {
    run-clang-tidy-19 -quiet -p "$1" -j "$(nproc)" -extra-arg=-Wno-error "$2" >>"$out" 2>&1
}
tidy "$2" "^$1/(isa|runtime|linker|compiler|tools)/.*\.$3\$"
status=$?
if [ "$3" = c ]; then # and what runs inside members
    python3 "$(dirname "$0")/native_commands.py" "$2" "$work/compile_commands.json" &&
        tidy "$work" . || status=1
fi
grep -E -A 3 '(warning|error): ' "$out" | head -n 100
exit $status
