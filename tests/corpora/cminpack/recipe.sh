# CMINPACK, MINPACK translated from Fortran to C by machine: its own tests in double
# and single precision against their reference output; its drivers, with problems that
# iterate until the last digit decides, in these and in quadruple precision
# (tchkderc_box prints digits of tanh).
package=cminpack=1.3.6-5
sha256=4d487d8d43f3b1d74e0c60853003082c9c564cdc1ddaedef0659fc3a66ac475b
every=50 limit=1500
tests="tenormc tchkderc thybrdc thybrd1c thybrjc thybrj1c tlmderc tlmder1c tlmdifc
    tlmdif1c tlmstrc tlmstr1c tfdjac2c ibmdpdrc tlmderc_box thybrjc_box"
drivers="lmddrvc:ssq lmfdrvc:ssq lmsdrvc:ssq hyjdrvc:neq hybdrvc:neq chkdrvc:chkder
    tchkderc_box:chkder"

build() {
    local suffix flags driver programs
    # The makefile calls them by these names.
    mkdir tools
    ln -s "$(type -P "$AR")" tools/ar
    ln -s "$(type -P "$RANLIB")" tools/ranlib
    export PATH=$PWD/tools:$PATH
    for suffix in "" s ld; do
        case $suffix in
        "") make CC="$CC" double; flags=-g; programs=$tests ;;
        s) make CC="$CC" float; flags="-g -D__cminpack_float__"; programs=$tests ;;
        ld) make CC="$CC" longdouble; flags="-g -D__cminpack_long_double__"
            programs= ;;
        esac
        for driver in $drivers; do
            programs+=" ${driver%:*}"
        done
        make -C examples CC="$CC" LIBSUFFIX=$suffix CFLAGS="$flags" \
            LDADD=-static $(printf " $suffix%s" $programs)
    done
}

work() {
    local suffix test driver
    for suffix in "" s; do
        for test in $tests; do
            run "examples/$suffix$test" |
                diff -a "$source/examples/ref/$suffix$test.ref" -
        done
    done
    for suffix in "" s ld; do
        for driver in $drivers; do
            run_exact "examples/$suffix${driver%:*}" \
                <"$source/examples/testdata/${driver#*:}.data" >digits
            [ "$reference" != plain ] || cat digits
            rm digits
        done
    done
}
