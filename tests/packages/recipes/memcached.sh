# memcached: its own tests, moved each third; four at a time, for they wait.
package=memcached
sha256=35872bd25f8d29d7cc2072d23e74344530891bfd0aa4f4f64184a8ae7291164b
needs=libevent
programs=memcached
moved_part=3 every=1000 passes=80

configure() { ./configure --with-libevent="$sysroot" --disable-coverage; }
prepare() { make testapp sizes; }
suite() { printf '%s\n' testapp t/*.t | suite_each suite_memcached 4; }
suite_memcached() { case $1 in testapp) ./testapp ;; *) perl -Ilib "$1" ;; esac; }
# Not test by test: some count what other threads had done by then.
verdicts() { suite_verdicts; }
