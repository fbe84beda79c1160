# findutils: its own tests and gnulib's, moved each fourth.
package=findutils
sha256=a2bfb8c09d436770edc59f50fa483e785b161a3b7b9d547573cb08065fd462fe
programs='find/find xargs/xargs locate/locate'
moved_part=4 passes=220

prepare() { make -j"$jobs" check TESTS=; }
suite() {
    local folder
    for folder in find/testsuite xargs/testsuite locate/testsuite tests gnulib-tests; do suite_automake "$folder"; done
}
verdicts() { suite_automake_verdicts; }

exceptions='
gnulib-tests/test-getcwd.sh takes a program of no known ISA for one under QEMU, and skips
'
