# shellcheck shell=bash
# Sourced by tests and benchmarks that go through the ISAs of a build.

host_isa() { uname -m; }
isas() { # BUILD: names, this machine's first
    local folder
    host_isa
    for folder in "$1"/lib/popcorn/isa/*; do
        [ "${folder##*/}" = "$(host_isa)" ] || echo "${folder##*/}"
    done
}
isa_flags() { # SOURCE ISA: what its native code is compiled with
    sed -n 's/^NATIVE_FLAGS("\(.*\)")$/\1/p' "$1/isa/$2/isa.def"
}
