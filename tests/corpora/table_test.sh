#!/usr/bin/env bash
# The table of results: what is run, what is not, what failed.
#   table_test.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/result.sh"
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

mkdir -p "$build"/lib/popcorn/isa/{x86_64,aarch64}

fail() { echo "FAILED: $1"; cat "$build/out"; exit 1; }
line() { grep -Eq "^$1\$" "$build/out" || fail "no line '$1'"; }

record_result "$build" lua x86_64 plain ok 4400
record_result "$build" lua aarch64 poison ok 17
record_result "$build" lua aarch64 judge ok 0
record_result "$build" c-torture-O2 x86_64 poison ok 5 2 tests
"$here/table.sh" "$build" >"$build/out" || fail "status of a good table"
line 'lua +4417   ok +- +- +- +- +ok +- +ok'
line 'bzip2 +0   - +- +- +- +- +- +- +-'
line 'c-torture-O2 +5   - +ok +- +- +- +- +- +-'
cmp -s "$build/out" "$build/results/table" || fail "the file is not what is printed"

record_result "$build" bzip2 aarch64 plain FAIL 0 output differs
record_result "$build" zlib x86_64 judge FAIL 0 files differ
! "$here/table.sh" "$build" >"$build/out" || fail "status of a bad table"
line 'bzip2 +0   - +- +- +- +FAIL +- +- +-'
line 'bzip2, aarch64 start, plain: output differs'
line 'zlib, x86_64 start, judge: files differ'
echo "table: ok"
