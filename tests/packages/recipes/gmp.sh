# GMP: its own tests.
package=gmp
sha256=471b9e463e04362a0124f215afc5f0a4b99caedeeb62634c61bbc12988efa64c
programs='tests/mpz/t-mul tests/mpn/t-div tests/mpf/t-sqrt'
every=5000 passes=170

# Any processor it knows has assembly, about which it asks the assembler. Debian's
# archive is without the manual.
configure() {
    mkdir -p doc
    printf 'all install check:\n' >doc/Makefile.in
    ./configure --host=none-unknown-linux-gnu --disable-shared
}
prepare() { make -j"$jobs" check TESTS=; }
suite() {
    local folder
    for folder in . mpn mpz mpq mpf rand misc; do suite_automake "tests/$folder" SUBDIRS=; done
}
verdicts() { suite_automake_verdicts; }
