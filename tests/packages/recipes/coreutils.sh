# coreutils: its own tests and gnulib's, moved each eighth.
package=coreutils
sha256=61a1f410d78ba7e7f37a5a4f50e6d1320aca33375484a3255eddf17a38580423
programs='src/sort src/ls src/cp src/dd src/cat'
moved_part=8 passes=700

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake . ; suite_automake gnulib-tests; }
verdicts() { suite_automake_verdicts; }

exceptions='
tests/misc/stdbuf           wants LD_PRELOAD: programs are static
tests/misc/sort-u-FMR       runs sort under valgrind (sed.sh)
tests/cp/copy-FMR           the same
gnulib-tests/test-getcwd.sh takes a program of no known ISA for one under QEMU, and skips
'
moved_exceptions='
tests/misc/sort-continue      with six descriptors in all there is none for the other node
tests/misc/sort-merge-fdlimit the same with ten
'
