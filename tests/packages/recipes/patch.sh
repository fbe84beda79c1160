# patch: its own tests.
package='patch'
sha256=ac610bda97abe0d9f6b7c963255a11dcb196c25e337c61f94e4778d632f1d8fd
programs=src/patch
passes=40

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake tests; }
verdicts() { suite_automake_verdicts; }
