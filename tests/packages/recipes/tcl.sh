# Tcl: its own suite, file by file, moved each fourth; test by test.
package=tcl8.6
sha256=83bce7277e3825df0179567e0d8a431ebb1a126df53ea4a94af89dd4dd0f26d5
programs=unix/tclsh
moved_part=4 every=5000 moves=10000 passes=30000

configure() { cd unix && ./configure --disable-shared; }
build() { cd unix && make -j"$jobs" binaries; }
prepare() { cd unix && make -j"$jobs" tcltest; }
suite() {
    cd unix || return
    export TCL_LIBRARY=$PWD/../library
    (cd ../tests && printf '%s\n' *.test) | suite_each suite_tcl
}
suite_tcl() { ./tcltest ../tests/"$1" -verbose bps -tmpdir "$(mktemp -d)"; }
verdicts() {
    local file
    for file in unix/suite.*; do
        sed -nE 's/^\+\+\+\+ (.*) PASSED$/\1 PASS/p; s/^==== (.*) FAILED$/\1 FAIL/p' "$file" |
            sed -E 's/^([^ ]*).* /\1 /' | sed "s|^|${file##*/suite.}:|"
    done
}

exceptions='
platform.test:platform-3.1  asks the processor by assembly, which is refused
'
moved_exceptions='
aaa_exit.test:exit-1.1      two programs start and end within 1 s
aaa_exit.test:exit-1.2      the same
chanio.test:chan-io-13.6    a program starts within 500 ms
'
