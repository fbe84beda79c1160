# grep: its own tests and gnulib's, moved each fourth.
package='grep'
sha256=498d7cc1b4fb081904d87343febb73475cf771e424fb7e6141aff66013abc382
programs=src/grep
moved_part=4 passes=270

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake tests; suite_automake gnulib-tests; }
verdicts() { suite_automake_verdicts; }

# libsigsegv's way to tell that a stack is full: the fault lies below the stack that a
# local variable is on. Here that is the data stack, and the control stack is full.
exceptions='
tests/stack-overflow                          wants a message for a full stack
gnulib-tests/test-c-stack.sh                  the same
gnulib-tests/test-c-stack2.sh                 the same
gnulib-tests/test-sigsegv-catch-stackoverflow1 the same
gnulib-tests/test-sigsegv-catch-stackoverflow2 the same
'
