#!/usr/bin/env bash
# planted.sh REPORTS TEXT COMMAND...: COMMAND, which nobody hears, ends with 99 and
# leaves a report that has TEXT.
set -u
reports=$1 text=$2
(exec "${@:3}") <&- >&- 2>&- &
pid=$!
wait $pid
status=$?
[ $status = 99 ] || { echo "status $status, not 99"; exit 1; }
grep -H "$text" "$reports/report.$pid" || { echo "no report with '$text'"; exit 1; }
rm "$reports/report.$pid"
