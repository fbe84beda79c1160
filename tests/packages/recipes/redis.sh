# Redis: each file of its own tests by itself.
package=redis
sha256=4b1dc4ee6d622a09fff9c6777191209750fb5e5a725ef78ea012d6eef4c22982
programs='src/redis-server src/redis-cli'
moved_part=3 every=2000 passes=2400

configure() { :; }
# Its jemalloc and its backtraces are for glibc.
build() { make -j"$jobs" MALLOC=libc CC="$CC" AR="$AR" RANLIB="$RANLIB" OPTIMIZATION=-O2; }
# One file waits for ever with clang and musl too.
suite() { ./runtest --list-tests | grep -vx integration/corrupt-dump | suite_each suite_redis; }
# Each has a folder, which a run empties, and ports of its own.
suite_redis() {
    local first folder
    first=$(($(cksum <<<"$1" | cut -d ' ' -f 1) % 300 * 100 + 20000))
    folder=$(mktemp -d "$PWD/run.XXXXXX")
    cp -r tests runtest ./*.conf "$folder"
    ln -s "$PWD"/{src,utils} "$folder"
    cd "$folder" && ./runtest --single "$1" --clients 1 --baseport "$first" --portcount 100
}
# One file, psync2, puts numbers by chance into its names.
verdicts() {
    local file
    for file in suite.*; do
        sed -nE 's/\x1b\[[0-9;]*m//g; s/ +/_/g; s/_\([0-9]+_ms\)$//
            s/#[0-9]+/#/g; s/_\(x_=_[0-9]+\)//
            s/^\[ok\]:_(.*)/\1 PASS/p; s/^\[(err|exception)\]:_(.*)/\2 FAIL/p' "$file" |
            sed "s|^|${file#suite.}:|"
    done
}
