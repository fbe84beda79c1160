# coreutils: its own tests and gnulib's, moved each eighth.
package=coreutils
sha256=61a1f410d78ba7e7f37a5a4f50e6d1320aca33375484a3255eddf17a38580423
programs='src/sort src/ls src/cp src/dd src/cat'
moved_part=8 passes=700

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake . ; suite_automake gnulib-tests; }
verdicts() { suite_automake_verdicts; }

moved_exceptions='
tests/misc/sort-continue with six descriptors in all there is none for the other node
'
