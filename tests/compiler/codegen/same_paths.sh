#!/usr/bin/env bash
# No back end drops a path, and the live values on it, that the other keeps.
#   same_paths.sh BUILD
set -euo pipefail
build=$1
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

"$codegen" --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" \
    "$here/same_paths.ll"
