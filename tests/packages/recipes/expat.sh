# expat: the test program of its own suite, check by check.
package=expat
sha256=ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757
programs='xmlwf/xmlwf tests/runtests'
every=2000 limit=4000 passes=340

# Debian's archive is the repository's, without configure. Only with a C++ compiler is
# there a test in C; nothing is compiled with it.
configure() {
    cmake -DCMAKE_AR="$(type -P "$AR")" -DCMAKE_RANLIB="$(type -P "$RANLIB")" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXE_LINKER_FLAGS=-static \
        -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_DOCS=OFF expat
}
build() { make -j"$jobs" runtests xmlwf; }
suite() { tests/runtests --verbose; }
verdicts() { sed -nE 's/^(PASS|FAIL)[^:]*: ([a-zA-Z0-9_]+).*/\2 \1/p' "$log"; }
