# libpng: its own tests.
package=libpng1.6
sha256=a00e9d2f2f664186e4202db9299397f851aea71b36a35e74910b8820e380d441
needs=zlib
programs='pngtest pngvalid pngstest pngunknown pngimage'
every=5000 passes=30

configure() { ./configure --disable-shared; }
prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake .; }
verdicts() { suite_automake_verdicts; }
