# GNU m4: the examples of its manual one by one, gnulib's tests.
package='m4'
sha256=63aede5c6d33b6d9b13511cd0be2cac046f2e70fd0a07aa9573a04a82783af96
programs=src/m4
passes=420

prepare() { make -j"$jobs" -C tests check TESTS=; }
suite() {
    (cd checks && printf '%s\n' [0-9][0-9][0-9].*) | suite_each suite_m4
    suite_automake tests
}
suite_m4() { cd checks && ./check-them -I ../examples -m ../src/m4 "$1"; }
verdicts() { suite_verdicts; suite_automake_verdicts; }

# libsigsegv's way to tell that a stack is full (grep.sh).
exceptions='
tests/test-c-stack.sh                   wants a message for a full stack
tests/test-sigsegv-catch-stackoverflow1 the same
tests/test-sigsegv-catch-stackoverflow2 the same
'
