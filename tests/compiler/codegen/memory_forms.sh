#!/usr/bin/env bash
# The verifier knows the address of every load and store of each ISA, but for
# those listed with a reason (memory_forms.list).
#   memory_forms.sh BUILD MEMORY_FORMS
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

"$2" >"$work/found" 2>"$work/counts"
cat "$work/counts"
grep -v '^#' "$here/memory_forms.list" >"$work/rows"
cp "$work/found" "$work/left"
while read -r isa pattern why; do
    [ -n "$(awk -v isa="$isa" -v re="$pattern" '$1 == isa && $2 ~ re' \
        "$work/found")" ] || { echo "FAIL: no instruction of $isa is $pattern ($why)"
        exit 1; }
    awk -v isa="$isa" -v re="$pattern" '!($1 == isa && $2 ~ re)' "$work/left" \
        >"$work/next"
    mv "$work/next" "$work/left"
done <"$work/rows"
if [ -s "$work/left" ]; then
    echo "FAIL: what is the address of these?"
    cat "$work/left"
    exit 1
fi
echo "memory forms: $(wc -l <"$work/found") listed: ok"
