# PostgreSQL: its own regression tests, as a user who is not root. The server opens
# plugins: clang's is linked with glibc, for static musl opens none; ours has them in
# the program. Servers share memory, so that they stay at home; psql moves.
package=postgresql-15 version=15.18
sha256=11df0df97fe3ea4ba9a791faaf39cee1d2fe571e78885b5b55d8517d27c323b4
programs='src/backend/postgres src/bin/psql/psql'
every=2000 passes=215

configure() {
    case $CC in */cc-clang) export CC=clang-19 ;; esac
    ./configure --without-readline --without-zlib --without-icu
}
prepare() {
    make -j"$jobs" -C src/test/regress
    case $CC in
    */cc-popcorn)
        rm src/backend/postgres
        make -C src/backend LDFLAGS_EX="$(find "$PWD/src" -name '*.so' -printf ' -popcorn-dlopen=%p')" postgres
        ;;
    esac
}
suite() {
    chown -R nobody .
    suite_as_nobody make -C src/test/regress check MAKELEVEL=0 NO_LOCALE=1
}
# Moving wants userfaultfd, which a user has by this capability.
suite_nobody() {
    setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=+sys_ptrace \
        --ambient-caps=+sys_ptrace "$@"
}
# A folder above may be closed to others (/root): the build folder is mounted again, in
# open ones.
suite_as_nobody() {
    local above=$PWD closed=
    while above=${above%/*}; [ -n "$above" ]; do
        suite_nobody test -x "$above" || closed=$above
    done
    if [ -z "$closed" ]; then
        suite_nobody "$@"
        return
    fi
    export -f suite_nobody
    unshare --mount bash -ec '
        tree=$PWD build=${PWD%/packages/*}
        mount --bind "$build" /mnt
        mount -t tmpfs -o mode=755 none "$1"
        mkdir -p "$build"
        mount --bind /mnt "$build"
        cd "$tree"
        shift
        suite_nobody "$@"' bash "$closed" "$@"
}
verdicts() { sed -nE 's/^(test| )  *([a-z0-9_.]+) +\.\.\. (.*)$/\2 \3/p' "$log" | sed 's/ ok .*/ PASS/; t; s/ .*/ FAIL/'; }

exceptions='
json  wants an error where the stack is deep, by the addresses of locals: the parser has few
jsonb the same
'
