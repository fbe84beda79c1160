# libjpeg-turbo, without SIMD: its own tests.
package=libjpeg-turbo
sha256=254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c
programs='cjpeg-static djpeg-static jpegtran-static tjbench-static'
every=5000 passes=150

configure() {
    cmake -DCMAKE_AR="$(type -P "$AR")" -DCMAKE_RANLIB="$(type -P "$RANLIB")" \
        -DCMAKE_BUILD_TYPE=Release -DENABLE_SHARED=0 -DWITH_SIMD=0 .
}
suite() { ctest -j"$jobs"; }
verdicts() { sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) [. ]*(\**)(Passed|Failed|Not Run|Timeout).*/\1 \3/p' "$log" |
    sed 's/ Passed/ PASS/; t; s/ .*/ FAIL/'; }
