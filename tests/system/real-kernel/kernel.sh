#!/usr/bin/env bash
# An AArch64 Linux kernel under qemu-system-aarch64, with popcornd on it.
#
#   kernel.sh fetch DIR        Debian's kernel package -> DIR/kernel/
#   kernel.sh start BUILD DIR  boots it; DIR/address is popcornd's, DIR/list the
#                              port that lists its processes, DIR/config the
#                              XDG_CONFIG_HOME that has the key
#   kernel.sh stop DIR         ends it
#
# The kernel comes from Debian's backports (6.12: userfaultfd write-protect
# for AArch64 is in 6.10), through apt and the mirror this machine uses for
# Debian; apt checks the signature. Nothing is installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
suite=bookworm-backports
meta=linux-image-cloud-arm64:arm64

fail() { echo "FAIL: $*"; exit 1; }

fetch() {
    local dir=$1 apt=$1/apt source found package
    [ -s "$dir/kernel/vmlinuz" ] && return
    mkdir -p "$apt/lists/partial" "$apt/parts" "$apt/archives/partial"
    source=/etc/apt/sources.list.d/debian.sources
    [ -s "$source" ] || source=/etc/apt/sources.list
    [ -s "$source" ] || fail "no Debian package source under /etc/apt"
    # The first source that has the release itself, for its backports.
    if [[ $source = *.sources ]]; then
        awk -v suite="$suite" -v RS= '/Suites:.*bookworm/ {
            sub(/Suites:[^\n]*/, "Suites: " suite); print; exit }' "$source" \
            | sed '/^#/d' >"$apt/parts/backports.sources"
    else
        sed -n "s/^deb \(.*\) bookworm main.*/deb \1 $suite main/p" "$source" \
            | head -1 >"$apt/parts/backports.list"
    fi
    local options=(-q -o "Dir::Etc::sourceparts=$apt/parts"
        -o Dir::Etc::sourcelist=/dev/null -o "Dir::State::lists=$apt/lists"
        -o "Dir::Cache=$apt" -o APT::Sandbox::User=root)
    timeout 300 apt-get "${options[@]}" update >"$apt/log" 2>&1 ||
        fail "Debian's $suite cannot be reached (see $apt/log)"
    package=$(apt-cache "${options[@]}" depends "$meta" |
        sed -n 's/^ *Depends: //p' | head -1)
    [ -n "$package" ] || fail "$suite has no $meta"
    (cd "$apt" && timeout 300 apt-get "${options[@]}" download "$package") \
        >>"$apt/log" 2>&1 || fail "$package cannot be fetched (see $apt/log)"
    rm -rf "$apt/root"
    dpkg-deb -x "$apt"/linux-image-*.deb "$apt/root"
    mkdir -p "$dir/kernel.new"
    for found in net/core/failover drivers/net/net_failover \
        drivers/net/virtio_net; do
        xz -dc "$apt"/root/lib/modules/*/kernel/$found.ko.xz \
            >"$dir/kernel.new/${found##*/}.ko"
    done
    cp "$apt"/root/boot/vmlinuz-* "$dir/kernel.new/vmlinuz"
    basename "$apt"/root/boot/vmlinuz-* >"$dir/kernel.new/version"
    rm -rf "$apt" "$dir/kernel"
    mv "$dir/kernel.new" "$dir/kernel"
}

# The initramfs: our init, the node's tree, three modules, the key.
make_initramfs() {
    local build=$1 dir=$2 root=$2/root
    rm -rf "$root"
    mkdir -p "$root"/{modules,proc,dev,sys,tmp,run}
    cp "$dir"/kernel/*.ko "$root/modules/"
    cp -r "$build"/node/aarch64/tree/. "$root/"
    llvm-strip-19 "$root/bin/popcornd" "$root/lib/popcorn/popcorn-agent"
    clang-19 --target=aarch64-linux-gnu -fuse-ld=lld -static -O2 -D_GNU_SOURCE \
        -Wall -Wextra "$here/init.c" -o "$root/init"
    install -m 600 "$dir/config/popcorn/key" "$root/key"
    (cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$dir/initramfs"
}

free_port() {
    python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    local build=$1 dir=$2 port list
    mkdir -p "$dir"
    stop "$dir"
    fetch "$dir"
    mkdir -p "$dir/config"
    [ -s "$dir/config/popcorn/key" ] ||
        XDG_CONFIG_HOME=$dir/config "$build/bin/popcornd" --make-key >/dev/null
    make_initramfs "$build" "$dir"
    port=$(free_port) list=$(free_port)
    # A kernel that a test run left behind ends by itself.
    timeout 7200 qemu-system-aarch64 -M virt -cpu neoverse-n1 \
        -accel tcg,thread=multi -smp 2 -m 1G -nographic -monitor none \
        -kernel "$dir/kernel/vmlinuz" -initrd "$dir/initramfs" \
        -append "console=ttyAMA0 quiet panic=-1" \
        -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$port-:7070,hostfwd=tcp:127.0.0.1:$list-:7071" \
        -device virtio-net-pci,netdev=net,romfile= \
        </dev/null >"$dir/console" 2>&1 &
    echo $! >"$dir/pid"
    for _ in $(seq 1500); do
        if grep -q 'node listens' "$dir/console"; then
            echo "127.0.0.1:$port" >"$dir/address"
            echo "$list" >"$dir/list"
            echo "$(cat "$dir/kernel/version") runs popcornd"
            return
        fi
        kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$dir/console"
    stop "$dir"
    fail "the kernel did not come up"
}

stop() {
    local pid
    if [ -s "$1/pid" ]; then
        pid=$(cat "$1/pid")
        # `timeout` hands the signal on to QEMU.
        [[ $(cat "/proc/$pid/comm" 2>/dev/null) != timeout ]] || kill "$pid" || true
    fi
    rm -f "$1/pid" "$1/address" "$1/list"
}

case ${1-} in
fetch) mkdir -p "$2"; fetch "$2" ;;
start) start "$2" "$3" ;;
stop) stop "$2" ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
