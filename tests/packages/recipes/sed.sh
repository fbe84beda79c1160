# sed: its own tests and gnulib's.
package='sed'
sha256=6e226b732e1cd739464ad6862bd1a1aba42d7982922da7a53519631d24975181
programs=sed/sed
moves=5000 passes=150

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake . ; suite_automake gnulib-tests; }
verdicts() { suite_automake_verdicts; }

# valgrind has its own memory where Popcorn's arena is (runtime/base/layout.h).
exceptions='
testsuite/bug32082       runs sed under valgrind
testsuite/bug32271-2     runs sed under valgrind
testsuite/newline-dfa-bug runs sed under valgrind
'
