# OpenSSL, without assembly and what is loaded at run time, as popcorn-port builds it:
# of the files of its own tests each fourth.
package=openssl version=3.0.22
sha256=67ebca7e50d17383028045486653492195b83db95f8558709701bb47b5c1ef81
programs=apps/openssl
part=4 moved_part=16 every=5000 passes=60

configure() {
    ./Configure linux-generic64 no-asm no-shared no-module no-engine no-dso no-async
}
suite() { (cd test/recipes && printf '%s\n' *.t) | sed 's/^[0-9]*-//; s/\.t$//' | suite_each suite_openssl; }
suite_openssl() { SRCTOP=. BLDTOP=. PERL=perl EXE_EXT='' perl test/run_tests.pl "$1"; }
verdicts() { suite_verdicts; }
