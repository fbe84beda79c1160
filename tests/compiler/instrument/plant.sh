#!/bin/sh
# plant.sh INSTRUMENT CLANG SOURCE_DIR WORK_DIR FAULT
#
# Breaks an instrumented module in one way and expects the verifier to say so.
set -eu
instrument=$1 clang=$2 source=$3 work=$4 fault=$5
mkdir -p "$work"
cd "$work"
case $fault in
land-*) input=landings.cpp ;;
*) input=loops.c ;;
esac
"$clang" --target=aarch64-linux-gnu -ffreestanding -O2 -w -emit-llvm \
    -c "$source/$input" -o "$fault.bc"
status=0
"$instrument" "--plant=$fault" -o /dev/null "$fault.bc" 2> "$fault.err" ||
    status=$?
cat "$fault.err"
[ "$status" -eq 1 ]
grep -q 'instrumentation check: ' "$fault.err"
