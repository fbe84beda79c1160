#!/bin/sh
# refuse.sh INSTRUMENT SOURCE_DIR WORK_DIR
#
# Each module of refuse/ cannot be instrumented: exit 1, and the message its
# first line announces ("; error: ...").
set -eu
instrument=$1 source=$2 work=$3
mkdir -p "$work"
for file in "$source"/refuse/*.ll; do
    status=0
    "$instrument" -o /dev/null "$file" 2> "$work/err" || status=$?
    want=$(sed -n '1s/^; error: //p' "$file")
    if [ "$status" -ne 1 ] || ! grep -qF "$want" "$work/err"; then
        echo "$file: exit $status, expected 1 and: $want"
        cat "$work/err"
        exit 1
    fi
done
