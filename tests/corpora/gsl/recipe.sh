# GNU Scientific Library: fifteen of its parts' own test programs, which compare with
# tables. The digits they tell are libm's too: only those of the program itself are
# compared. Three of them would tell millions of lines.
package=gsl=2.7.1+dfsg-5+deb12u1
sha256=77bf2b75142d2b19bd0b837dc7a42189704b9451e6f6c8ddeab3d1227a76ed0a
every=20000 limit=1500
tests="cdf eigen fft integration interpolation linalg min multifit ode-initval2 poly
    roots sort specfunc statistics wavelet"

build() {
    local part
    CFLAGS=-O2 ./configure --disable-shared
    for part in gsl utils sys test err complex block vector matrix permutation sort \
        ieee-utils cblas blas linalg eigen poly specfunc rng randist fft statistics min \
        multifit integration interpolation ode-initval2 roots cdf wavelet; do
        make -C $part
    done
    for part in $tests; do
        make -C $part test LDFLAGS=-all-static
    done
}

work() {
    local part
    for part in $tests; do
        case $part in
        eigen | linalg | specfunc) unset GSL_TEST_VERBOSE ;;
        *) export GSL_TEST_VERBOSE=1 ;;
        esac
        run_exact $part/test >said
        [ "$reference" = plain ] ||
            sed -i 's/ (.*//; s/ lambda=.*//; s/, maxerr = .*//; s/, [0-9]* steps$//' said
        cat said
        rm said
    done
}
