#!/bin/sh
# The nodes of a run that starts on an ISA: that one's, then the others'.
#
#   nodes.sh BUILD ISA
printf '%s' "$2"
for isa in "$1"/lib/popcorn/isa/*; do
    isa=${isa##*/}
    [ "$isa" = "$2" ] || printf ',%s' "$isa"
done
