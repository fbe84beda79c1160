# perl, with its extensions linked in: of its own tests' files each eighth.
package=perl
sha256=0f386dccbee8e26286404b2cca144e1005be65477979beb9b1ba272d4819bcf0
programs=perl
part=8 moved_part=32 every=5000 passes=250

configure() {
    ./Configure -des -Dcc="$CC" -Dar="$(type -P "$AR")" -Dranlib="$(type -P "$RANLIB")" \
        -Dnm="$(type -P "$NM")" -Doptimize="$CFLAGS" -Accflags=-D_GNU_SOURCE -Uusedl -Dusenm=n \
        -Dlibs=-lm -Dlocincpth=' ' -Dloclibpth=' '
}
prepare() { make -j"$jobs" test_prep; }
suite() {
    cd t || return
    awk '/^(t|lib|ext|dist|cpan)\/.*\.t[ \t]/ { print "../" $1 }' ../MANIFEST |
        suite_each suite_perl
}
suite_perl() { ./perl -I../lib harness "$1"; }
verdicts() { suite_verdicts; }
