# shellcheck shell=bash
# A row of the table that `make check-long` ends with (tests/corpora/table.sh).
#
#   record_result BUILD PROGRAM START MODE STATUS MOVES [TEXT...]
#
# START: the ISA of the node it starts on. MODE: plain, poison or points; judge, without
# a move. STATUS: ok or FAIL. One file of one line, BUILD/results/PROGRAM/START.MODE, is
# the result.
record_result() {
    local folder=$1/results/$2 file=$3.$4
    shift 4
    mkdir -p "$folder"
    echo "$*" >"$folder/$file"
}
