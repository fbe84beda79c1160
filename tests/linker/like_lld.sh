#!/bin/sh
# Which files and which definitions are taken: as ld.lld does, see like_lld.py.
make_object=$2
. "$(dirname "$0")/common.sh"
make_lib
python3 "$here/like_lld.py" "$bin/popcorn-align" "$make_object" "$work/lib" $(seq 1 "${3-15}") || exit 1
