# FFTW, single precision, with its codelets for vectors of 128 bits (in the
# compiler's generic vectors): its own test program on problems like those of its
# check.pl. Plans are estimated, for measuring would choose others in each run. The
# digits of the errors it prints are those of libm too: only the judges compare them.
package=fftw3=3.3.10-1
sha256=5c6a64c8047e33f122fb1eebd4316178e3da86da16de70da0527906adcf22924
every=7000

build() {
    CFLAGS=-O2 LDFLAGS=-static ./configure --disable-shared --disable-doc \
        --disable-fortran --enable-single --enable-generic-simd128
    make
}

problems() {
    local geometry n
    for n in $(seq 1 16) 25 32 37 49 60 64 101 128 210 1009 1024 4096; do
        echo {o,i}{f,b}{c,r}$n "//"{i,o}fc$n
    done
    for geometry in 8x8 12x35 5x6x7 64x64 100x3 13x17 8*5 32v7 15x4v3 2x3x4x5; do
        echo {o,i}{f,b}{c,r}$geometry
    done
    for n in 2 3 8 9 16 31 100; do
        echo {o,i}k${n}{f,b,h,e00,e01,e10,e11,o00,o01,o10,o11}
    done
    echo ok8e10x9o01 ik12hx5b ok7e01x6e10x4f ok16o11v5
}

work() {
    local fields=1
    [ "$reference" != plain ] || fields=1-4
    problems | tr ' ' '\n' | xargs -n 40 |
        while read -r some; do
            run tests/bench --verbose=1 -o estimate $(printf ' --verify %s' $some) |
                cut -d' ' -f$fields
        done
}
