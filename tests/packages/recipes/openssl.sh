# OpenSSL, without assembly and what is loaded at run time, as popcorn-port builds it:
# of the files of its own tests each fourth.
. "$here/../../tools/popcorn-port/recipes/openssl.sh"
programs=apps/openssl
part=4 moved_part=16 every=5000 passes=60

configure() { openssl_configure; }
build() { make -j"$jobs"; }
suite() { (cd test/recipes && printf '%s\n' *.t) | sed 's/^[0-9]*-//; s/\.t$//' | suite_each suite_openssl; }
suite_openssl() { SRCTOP=. BLDTOP=. PERL=perl EXE_EXT='' perl test/run_tests.pl "$1"; }
verdicts() { suite_verdicts; }
