#!/usr/bin/env bash
# reports.sh FOLDER COMMAND...: COMMAND's status, and 1 if it left reports of
# sanitizers in FOLDER (cmake/sanitize.cmake); prints them.
set -u
folder=$1
rm -f "$folder"/*
"${@:2}"
status=$?
for report in "$folder"/*; do
    [ -f "$report" ] || continue
    printf '==> %s\n' "$report"
    head -n 50 "$report"
    status=1
done
exit $status
