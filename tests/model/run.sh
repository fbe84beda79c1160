#!/usr/bin/env bash
# run.sh PAGE_TABLE DIRECTORY.pml WORK short|long|faults
# Checks the model of the page protocol with spin. `faults`: each planted fault
# must be found, or the model proves nothing.
set -eu
page_table=$1 model=$2 work=$3 mode=$4
rm -rf "$work"
mkdir -p "$work"
cd "$work"
cp "$model" directory.pml

verify() { # NAME OPTIMISATION TABLE_FAULT MODEL_FLAGS PAN_COMPILE PAN_RUN
    # shellcheck disable=SC2086  # lists of flags
    {
        "$page_table" $3 >page_step.pml
        spin $4 -a directory.pml >spin.log 2>&1 || { cat spin.log; exit 2; }
        cc "$2" -w -DNOFAIR -DMEMLIM=4000 -DVECTORSZ=2048 $5 pan.c -o pan
        ./pan -n -b $6 >"$1.log" 2>&1 || true
    }
    grep -q 'errors: ' "$1.log" || { cat "$1.log"; exit 2; }
}

holds() { # NAME MODEL_FLAGS PAN_COMPILE PAN_RUN
    verify "$1" -O1 "" "$2" "$3" "$4"
    if grep -E 'MEMLIM bound' "$1.log"; then
        echo "$1: not all was searched"
        exit 1
    fi
    grep -q 'errors: 0' "$1.log" || {
        echo "the model $2 is violated:"
        grep -E '^pan|errors' "$1.log"
        spin $2 -t -p directory.pml | grep -E 'proc' | tail -60
        exit 1
    }
    echo "$1: holds, $(awk '/states, stored/ { print $1 }' "$1.log") states"
}

finds() { # NAME TABLE_FAULT MODEL_FLAGS [PAN_COMPILE PAN_RUN]
    verify "$1" -O0 "$2" "$3" "${4:--DSAFETY}" "${5:--m1000000}"
    if grep -q 'errors: 0' "$1.log"; then
        echo "$1: the planted fault ($2 $3) was not found"
        exit 1
    fi
    echo "$1: found, $(grep -m1 '^pan:1' "$1.log" | cut -c1-90)"
}

case $mode in
short) # every schedule of one page, with a node that ends; two pages, 3 actions;
    # pages that are held
    holds page "-DPAGES=1 -DLOSS" -DSAFETY "-m1000000"
    holds run "-DPAGES=2 -DBUDGET=3 -DDROPS -DLOSS -DAHEAD" -DSAFETY "-m100000"
    holds held "-DPAGES=1 -DHOLDS -DLOSS -DBUDGET=5" -DSAFETY "-m100000"
    holds held-progress "-DPAGES=1 -DHOLDS -DPROGRESS -DBUDGET=4" \
        "-DNP -DCOLLAPSE" "-l -m2000000"
    ;;
long) # no endless exchange of messages; drops and recalls; two pages, 5 actions
    holds ahead "-DPAGES=1 -DLOSS -DAHEAD -DBUDGET=7" -DSAFETY "-m100000"
    holds progress "-DPAGES=1 -DPROGRESS" "-DNP -DCOLLAPSE" "-l -m2000000"
    holds held-progress "-DPAGES=1 -DHOLDS -DPROGRESS -DBUDGET=5" \
        "-DNP -DCOLLAPSE" "-l -m2000000"
    holds held "-DPAGES=2 -DHOLDS -DDROPS -DLOSS -DBUDGET=4" -DSAFETY "-m100000"
    holds drop "-DPAGES=1 -DDROPS -DLOSS -DBUDGET=8" "-DSAFETY -DBITSTATE" \
        "-m100000 -w30"
    holds run "-DPAGES=2 -DDROPS -DLOSS -DBUDGET=5" "-DSAFETY -DBITSTATE" \
        "-m100000 -w31"
    ;;
faults)
    for fault in 1 2 3 4 6 7 8 9 12; do
        finds "fault$fault" "" "-DPAGES=1 -DFAULT=$fault"
    done
    for fault in 10 11; do
        finds "fault$fault" "" "-DPAGES=1 -DLOSS -DFAULT=$fault"
    done
    # A hold that never ends: nothing wakes who waits, or it is held again.
    finds fault13 "" "-DPAGES=1 -DHOLDS -DBUDGET=4 -DFAULT=13"
    finds fault14 "" "-DPAGES=1 -DHOLDS -DBUDGET=4 -DPROGRESS -DFAULT=14" \
        "-DNP -DCOLLAPSE" "-l -m2000000"
    while read -r name cell; do
        finds "$name" "$cell" "-DPAGES=1"
    done <<CELLS
forgets-its-request UPGRADE_PENDING INVALIDATE INVALID GIVE_UP
keeps-its-copy SHARED INVALIDATE SHARED READ_COPY
stays-writable MODIFIED DOWNGRADE MODIFIED READ_COPY
asks-for-a-read INVALID WRITE_FAULT WRITE_PENDING REQUEST_READ
confirms-too-much READ_PENDING CONFIRM_MODIFIED MODIFIED NOTHING
CELLS
    ;;
esac
