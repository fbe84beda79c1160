# curl, with zlib and OpenSSL: of its own tests, with its own servers, each fourth.
package=curl
sha256=cdb38b72e36bc5d33d5b8810f8018ece1baa29a8f215b4495e495ded82bbf3c7
needs='zlib openssl'
programs=src/curl
part=4 moved_part=16 every=2000 passes=280

configure() {
    ./configure --disable-shared --disable-ldap --with-openssl="$sysroot" --with-zlib="$sysroot"
}
prepare() { make -j"$jobs" -C tests; }
# Its servers may write of a connection when the next test has begun: what fails is run
# once more, and its last verdict counts.
suite() {
    local tests
    export USER
    USER=$(id -un)
    mapfile -t tests < <(cd tests/data && printf '%s\n' test* | sed 's/^test//' | sort -n |
        suite_part)
    cd tests && ./runtests.pl -a -n "${tests[@]}" >first 2>&1
    cat first
    mapfile -t tests < <(suite_curl_verdicts first | sed -n 's/ FAIL//p')
    [ "${#tests[@]}" = 0 ] || ./runtests.pl -a -n "${tests[@]}"
}
suite_curl_verdicts() {
    awk '/^test [0-9]+\.\.\./ { test = substr($2, 1, 4); verdict[test] = "FAIL" }
        / OK \(/ { verdict[test] = "PASS" }
        END { for (test in verdict) print test, verdict[test] }' "$1"
}
verdicts() { suite_curl_verdicts "$log"; }
