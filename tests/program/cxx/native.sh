#!/usr/bin/env bash
# The native C++ library that programs are compared with, for each ISA named.
#   native.sh BUILD ISA...
set -euo pipefail
build=$(cd "$1" && pwd)
. "$(dirname "$0")/../../lib/native.sh"
. "$(dirname "$0")/../../lib/native_cxx.sh"
for isa in "${@:2}"; do
    native_cxx_library "$build" "$isa"
    echo "$isa: $(stat -c %s "$(native_cxx_folder "$build" "$isa")/libc++.a") bytes"
done
