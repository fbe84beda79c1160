# tar: its own tests. Debian's archive is without the manual.
package=tar
sha256=7d57029540cb928394defb3b377b3531237c947e795b51aa8acac0c5ba0e4844
programs=src/tar
passes=200

build() {
    local folder
    for folder in gnu lib rmt src; do make -j"$jobs" -C "$folder" || return; done
}
prepare() { make -C tests genfile checkseekhole ckmtime atconfig atlocal; }
suite() { cd tests && ./testsuite -j"$jobs" AUTOTEST_PATH="$PWD:$PWD/../src" && cd ..; }
verdicts() { suite_autotest_verdicts; }

# scarce file descriptors
moved_exceptions='
91 with ten descriptors in all there is none for the other node
'
