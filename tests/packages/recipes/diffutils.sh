# diffutils: its own tests and gnulib's.
package=diffutils
sha256=a6bdd7d1b31266d11c4f4de6c1b748d4607ab0231af5188fc2533d0ae2438fec
programs='src/diff src/cmp src/diff3 src/sdiff'
passes=140

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake tests; suite_automake gnulib-tests; }
verdicts() { suite_automake_verdicts; }

# libsigsegv's way to tell that a stack is full (grep.sh).
exceptions='
tests/strip-trailing-cr                       runs diff under valgrind (sed.sh)
gnulib-tests/test-c-stack.sh                  wants a message for a full stack
gnulib-tests/test-c-stack2.sh                 the same
gnulib-tests/test-sigsegv-catch-stackoverflow1 the same
gnulib-tests/test-sigsegv-catch-stackoverflow2 the same
'
