# xz: its own tests.
package=xz-utils
sha256=5d9827aa1875b21c288f78864bb26d2650b436ea8d2cad364e4921eb6266a5a5
programs=src/xz/xz
every=2000 passes=18

configure() { ./configure --disable-shared --disable-nls --disable-doc; }
prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake tests; }
verdicts() { suite_automake_verdicts; }
