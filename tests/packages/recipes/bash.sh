# bash: its own tests.
package=bash
sha256=7a315bc0e9d90713159e4390ec1096a41e4f33cd8cc3d1a749a8e5ad56600f51
programs=bash
moved_part=2 limit=100 passes=70

# Its own malloc calls a variadic function that is declared without arguments, which is
# refused; libc's is taken. Its termcap declares less than clang wants; its strtoimax is
# taken where libc has one.
configure() {
    bash_cv_func_strtoimax=no ./configure --without-bash-malloc \
        CFLAGS="$CFLAGS -Wno-implicit-function-declaration"
}
prepare() {
    make recho zecho printenv xcase
    cp recho zecho printenv xcase tests
}
suite() {
    cd tests || return
    export THIS_SH=$PWD/../bash BUILD_DIR=$PWD/.. BASH_TSTOUT=$PWD/../suite.output
    export PATH=$PWD:$PATH
    unset BASH_ENV SHELLOPTS
    printf '%s\n' run-* | grep -vxE 'run-(all|minimal|gprof)' | suite_each suite_bash 1
}
suite_bash() { rm -f "$BASH_TSTOUT"; sh "$1"; }
verdicts() { suite_verdicts; }

moved_exceptions='
run-posixpipe  wants an elapsed time of 0.00 s
'
