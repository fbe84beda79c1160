#!/usr/bin/env bash
# Installs what Popcorn is built and tested with, from Debian's packages.
#
# Used by `make`, `make demo` and `make check`; asks nothing, and says one line
# when nothing is missing.  Needs root or sudo only if something is missing.
# docs/dependencies.md gives the reason for each package.
set -euo pipefail

host=$(dpkg --print-architecture 2>/dev/null || true)
# Debian's names of the other ISAs.
foreign=$(sed -n 's/^DEBIAN("\(.*\)")$/\1/p' "$(dirname "$0")"/../isa/*/isa.def |
    grep -vx "$host" || true)

build_packages=(
    clang-19 llvm-19-dev lld-19 liblld-19-dev "libclang-rt-19-dev:$host"
    g++ cmake ninja-build make pkg-config
    libelf-dev libdw-dev libssl-dev libcjson-dev zlib1g-dev libzstd-dev libxxhash-dev
    linux-libc-dev libbsd-dev
    dpkg-dev xz-utils patch
)
run_packages=(qemu-user)
test_packages=(llvm-19 musl-dev bzip2 binutils
    python3 procps mount git bsdextrautils shellcheck clang-format-19 clang-tidy-19
    spin gdb-multiarch lldb-19 qemu-system-arm cpio iproute2
    csmith libcsmith-dev cvise ccache distcc
    autoconf automake libtool meson ed tcl)
for name in $foreign; do
    build_packages+=("libclang-rt-19-dev:$name" "libc6-dev-$name-cross"
        "libgcc-12-dev-$name-cross" "libssl-dev:$name")
    test_packages+=("musl-dev:$name")
done

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo -n "$@" || sudo "$@"
    else
        fail "root is needed to install packages: run this as root, or install sudo"
    fi
}

missing_packages() {
    local p state
    for p in "$@"; do
        # One line for each architecture the package is installed for.
        state=$(dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null || true)
        grep -qx 'install ok installed' <<<"$state" || printf '%s\n' "$p"
    done
}

# Source packages and the arm64 architecture, from the sources this machine
# already has: nothing here names a host.
source_list=/etc/apt/sources.list.d/popcorn-src.sources
have_source_entries() {
    grep -qsE '^Types:.*deb-src|^deb-src ' /etc/apt/sources.list \
        /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list
}
enable_sources() {
    local made
    made=$(mktemp)
    if ls /etc/apt/sources.list.d/debian.sources >/dev/null 2>&1; then
        sed 's/^Types:.*/Types: deb-src/' \
            /etc/apt/sources.list.d/debian.sources >"$made"
        as_root install -m 644 "$made" "$source_list"
    elif grep -qsE '^deb ' /etc/apt/sources.list; then
        sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$made"
        as_root install -m 644 "$made" "${source_list%.sources}.list"
    else
        rm -f "$made"
        fail "no Debian package source found under /etc/apt: add one, then run this again"
    fi
    rm -f "$made"
}

main() {
    command -v dpkg-query >/dev/null 2>&1 ||
        fail "this set-up knows Debian only (dpkg-query not found)"
    local wanted=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}")
    local missing name changed=0
    for name in $foreign; do
        if ! dpkg --print-foreign-architectures | grep -qx "$name"; then
            say "adding the foreign architecture $name"
            as_root dpkg --add-architecture "$name"
            changed=1
        fi
    done
    if ! have_source_entries; then
        say "enabling source packages"
        enable_sources
        changed=1
    fi
    missing=$(missing_packages "${wanted[@]}")
    if [ -z "$missing" ] && [ "$changed" = 0 ]; then
        say "all $(printf '%s\n' "${wanted[@]}" | wc -l) packages are installed"
        return
    fi
    say "apt-get update"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null
    if [ -n "$missing" ]; then
        say "installing: $(printf '%s ' $missing)"
        # shellcheck disable=SC2086  # one word a package
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
            --no-install-recommends $missing >/dev/null
    fi
    missing=$(missing_packages "${wanted[@]}")
    [ -z "$missing" ] || fail "still missing after apt-get install: $missing"
    say "done"
}

main "$@"
