#!/usr/bin/env bash
# No back end drops a path, and the live values on it, that the other keeps.
#   same_paths.sh BUILD
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$codegen" --isa x86_64="$work/x.o" --isa aarch64="$work/a.o" \
    "$here/same_paths.ll"
