# CPython, built as popcorn-port does: its own tests, each eighth file (all
# with PIECE from 1 to 8), compared case by case.
# Left out of both builds is the module that Debian's musl has nothing for.
. "$here/../../tools/popcorn-port/recipes/python3.sh"
programs=python
part=8 moved_part=8 every=2000 limit=400 seconds=6000
python_without=_crypt

configure() {
    . "$here/../../tools/popcorn-port/recipes/python3.sh"
    make_install() { :; }
    build
}
build() { make -j"$jobs"; }
suite() { ./python -m test --list-tests | suite_each suite_python; }
# test_source_encoding starts two thousand programs, which takes a while moved. Where there is
# VSOCK but nobody at its other end, its tests wait for ever.
suite_python() { suite_python_file "$1"; }
suite_python_file() { # FILE [OPTION...]
    ./python -m test --timeout 3000 --ignore '*VSOCK*' "${@:2}" --junit-xml "suite.$1.xml" "$1"
}
verdicts() {
    awk 'BEGIN { RS = "<testcase name=\"" }
        FNR > 1 {
            name = $0; sub(/".*/, "", name); gsub(/ /, "_", name)
            print name, /<(error|failure)/ ? "FAIL" : /<skipped/ ? "SKIP" : "PASS"
        }' suite.*.xml
}

exceptions='
test.test_gdb.PrettyPrintTests.test_frozensets reads a variable that nothing else uses: not linked
test.test_gdb.PrettyPrintTests.test_sets       the same
'
moved_exceptions='
test.test_gdb.* gdb loses its breakpoint when the program becomes popcorn, which is what runs it moved
test.test_subprocess.POSIXProcessTestCase.test_pass_fds_redirected sees the descriptors of the runtime, from 1000 on
test.test_subprocess.RunFuncTestCase.test_check_output_timeout     three seconds for a program to start
test.test_subprocess.ProcessTestCase.test_check_output_timeout     the same
'
