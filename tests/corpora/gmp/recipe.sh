# GMP without assembly: sixteen of the test programs of its mpn functions; each link
# takes half a minute. The random numbers have a fixed seed.
package=gmp=2:6.2.1+dfsg1-1.1
sha256=2831ed4f83bc3304c2403474b335652ab2dc507cd517de44414d9142171748f0
every=20000
tests="logic t-aors_1 t-bdiv t-broot t-div t-divrem_1 t-fib2m t-gcdext_1 t-get_d
    t-hgcd t-invert t-iord_u t-matrix22 t-mod_1 t-mul t-mullo"

build() {
    # Debian's archive is without the manual.
    mkdir doc
    echo all: >doc/Makefile.in
    # With --disable-assembly alone it asks the assembler about its syntax.
    CFLAGS=-O2 LDFLAGS=-static ./configure --host=none-unknown-linux-gnu \
        --disable-shared
    make
    make -C tests libtests.la
    make -C tests/mpn $tests
}

work() {
    for test in $tests; do
        echo "$test"
        run "tests/mpn/$test"
    done
}
