# shellcheck shell=bash
# become_nobody BUILD: makes nobody, the command that is BUILD's popcorn for a user
# without permission for userfaultfd, who may read all of $work; ends the test where every
# user has that permission.
become_nobody() {
    [ "$(cat /proc/sys/vm/unprivileged_userfaultfd)" = 0 ] ||
        { echo "skipped: vm.unprivileged_userfaultfd is set"; exit 77; }
    # A copy, for BUILD may be in a folder that others may not enter.
    (cd "$1" && cp --parents bin/popcorn lib/popcorn/popcorn-agent \
        lib/popcorn/libpopcorn-uffd.so "$work")
    chmod -R go+rX "$work"
    nobody=("$work/bin/popcorn")
    [ "$(id -u)" != 0 ] ||
        nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups "${nobody[@]}")
}
