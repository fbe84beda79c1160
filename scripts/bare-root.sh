#!/usr/bin/env bash
# Runs a command in a bare Debian 12: debootstrap's minbase with make and git, and a
# clean clone of this tree's commit, where the command starts. So what a machine
# happens to have cannot hide what scripts/setup.sh forgets.
#
#   bare-root.sh COMMAND...        make check, for example; bash to look around
#
# Wants root. The root has mounts, processes and System V objects of its own, which
# end with the command or with this script, however that ends; the network is the
# machine's, and so are the package sources, apt's settings for fetching, proxies and
# CA certificates. Kept in ${XDG_CACHE_HOME:-~/.cache}/popcorn/bare:
#
#   KEY.tar     the bare root; KEY is a hash of this script and the package sources
#   archives/   the packages that were installed in roots
#   root.*      roots in use, each locked by its user
set -euo pipefail
suite=bookworm
self=$(realpath "$0")
top=${self%/*/*}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/popcorn/bare
memory=/sys/fs/cgroup/memory
devices=(null zero full random urandom tty userfaultfd)

say() { printf 'bare-root: %s\n' "$*"; }
fail() { printf 'bare-root: error: %s\n' "$*" >&2; exit 1; }

# --- in the namespaces: the second half of the script ---

# Mounts what a machine has over the folder, and makes it the root.
enter() { # enter ROOT CGROUP COMMAND...
    local root=$1 group=$2 name
    shift 2
    mount --bind "$root" "$root" # pivot_root wants a mount
    cd "$root"
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    if [ -n "$group" ]; then
        mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup
        mkdir "./$memory"
        mount --bind "$group" "./$memory"
    fi
    mount -t tmpfs -o mode=755 dev dev
    for name in "${devices[@]}"; do
        [ -e "/dev/$name" ] || continue # a kernel without it
        touch "dev/$name"
        mount --bind "/dev/$name" "dev/$name"
    done
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
    mount -t tmpfs -o mode=1777 shm dev/shm
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    for name in 0:stdin 1:stdout 2:stderr; do
        ln -s "/proc/self/fd/${name%:*}" "dev/${name#*:}"
    done
    pivot_root . .
    umount -l .
    cd /root/popcorn
    # This shell is the namespace's first process: it reaps what loses its parent.
    env -i "${passed[@]}" "$@"
}

# --- outside ---

# The machine's environment of which a fresh one has the like.
passed=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
for name in CI TERM JOBS CTEST_ARGS http_proxy https_proxy no_proxy; do
    [ -z "${!name+set}" ] || passed+=("$name=${!name}")
done

source_files() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
        # popcorn-src is what scripts/setup.sh adds.
        [ ! -s "$file" ] || [[ $file = */popcorn-src.* ]] || echo "$file"
    done
}

# contained COMMAND...: in namespaces that end with it, or with this script.
inside=
contained() {
    local status=0
    setpriv --pdeathsig KILL unshare --mount --pid --ipc --fork --kill-child \
        --mount-proc "$@" <&0 8<&- 9<&- &
    inside=$!
    wait "$inside" || status=$? # a signal ends this wait at once
    inside=
    return $status
}

install_debootstrap() {
    ! command -v debootstrap >/dev/null || return 0
    say "installing debootstrap"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
        --no-install-recommends debootstrap; } >/dev/null ||
        fail "debootstrap is needed and cannot be installed"
}

make_base() { # make_base FILE: and $root is one
    local mirror proxies=() name
    say "making a bare Debian ($suite)"
    install_debootstrap
    # shellcheck disable=SC2016 # apt's own variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" \
        'Created-By: Packages' | sed -n 1p)
    [ -n "$mirror" ] || fail "/etc/apt has no package source of Debian $suite"
    for name in http https; do
        mapfile -t -O "${#proxies[@]}" proxies < <(apt-config dump --no-empty \
            --format "${name}_proxy=%v%n" "Acquire::$name::Proxy")
    done
    contained env "${proxies[@]}" debootstrap --variant=minbase --include=make,git \
        "$suite" "$root" "$mirror" >"$cache/log" 2>&1 ||
        { tail -n 20 "$cache/log" >&2; fail "debootstrap failed"; }
    rm -f "$cache"/*.tar "$root"/var/cache/apt/archives/*.deb
    tar -C "$root" -cf "$1.new" .
    mv "$1.new" "$1"
}

# What makes the machine's package sources those of the root.
copy_settings() {
    local file
    rm -f "$root/etc/apt/sources.list"
    while read -r file; do
        cp "$file" "$root$file"
    done < <(source_files)
    for file in /etc/apt/keyrings /etc/apt/trusted.gpg.d /usr/share/keyrings; do
        [ ! -d "$file" ] || cp -rnL "$file/." "$root$file/"
    done
    apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets' \
        >"$root/etc/apt/apt.conf.d/00machine"
    if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
        mkdir -p "$root/etc/ssl/certs"
        cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    fi
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    # The root ends with the command: no package need be on the disk before the next.
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/bare-root"
}

make_root() {
    local key base
    key=$(source_files | xargs cat "$self" | sha256sum | head -c 16)
    base=$cache/$key.tar
    root=$(mktemp -d "$cache/root.XXXXXX")
    exec 9<"$root"
    flock 9
    chmod 755 "$root"
    if [ -s "$base" ]; then
        tar -C "$root" -xf "$base"
    else
        make_base "$base"
    fi
    copy_settings
    cp -al "$cache/archives/." "$root/var/cache/apt/archives/"
    git clone -q "$top" "$root/root/popcorn" || fail "$top cannot be cloned"
    [ -z "$(git -C "$top" status --porcelain)" ] ||
        say "what is not committed is not in the clone"
    # Tests limit memory by groups; those they make are then in this one.
    if mkdir "$memory/popcorn-${root##*/}" 2>/dev/null; then
        group=$memory/popcorn-${root##*/}
    fi
}

# remove_root ROOT: with its cgroups, which a moment after its processes are empty.
remove_root() {
    local tries group=$memory/popcorn-${1##*/}
    cp -aln "$1"/var/cache/apt/archives/*.deb "$cache/archives/" 2>/dev/null || true
    rm -rf "$1"
    for tries in $(seq 100); do
        [ -d "$group" ] || return 0
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
    done
    say "$group is left ($tries tries)"
}

root=
group=
clean_up() {
    local status=$? first
    trap '' HUP INT TERM
    set +e # it goes on to its end
    if [ -n "$inside" ]; then
        # The first process of the namespace takes all others with it; it may
        # have ended by itself.
        first=$(cat "/proc/$inside/task/$inside/children" 2>/dev/null)
        kill -KILL "${first:-$inside}" 2>/dev/null
        wait "$inside"
    fi
    [ -z "$root" ] || remove_root "$root"
    exit $status
}

main() {
    local old
    [ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$self"; exit 2; }
    [ "$(id -u)" = 0 ] || fail "root is needed (namespaces, mounts)"
    old=$(unshare --mount --pid --ipc --fork --mount-proc true 2>&1) ||
        fail "no namespaces here: $old"
    mkdir -p "$cache/archives/partial"
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    exec 8<"$cache"
    flock 8 # roots come and go one at a time
    for old in "$cache"/root.*; do # left by a script that was killed
        [ ! -d "$old" ] || ! flock -n "$old" true || remove_root "$old"
    done
    find "$cache/archives" -name '*.deb' -atime +90 -delete
    make_root
    exec 8<&-
    contained "$self" --enter "$root" "$group" "$@"
}

if [ "${1-}" = --enter ]; then
    enter "${@:2}"
else
    main "$@"
fi
