# PCRE2, 8, 16 and 32 bits: each test of its own scripts by itself.
package=pcre2
sha256=c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f
programs='pcre2test pcre2grep'
moved_part=3 every=2000 passes=80

# Its just-in-time compiler makes code of one ISA.
configure() { ./configure --disable-shared --disable-jit --enable-pcre2-16 --enable-pcre2-32; }
prepare() { make -j"$jobs" check TESTS=; }
suite() {
    {
        echo posix
        echo grep
        for bits in 8 16 32; do printf "$bits %s\n" {0..26}; done
    } | suite_each suite_pcre2 1
}
suite_pcre2() {
    case $1 in
    posix) ./pcre2posix_test ;;
    grep) srcdir=. ./RunGrepTest ;;
    *) srcdir=. ./RunTest -${1% *} "${1#* }" ;;
    esac
}
verdicts() { suite_verdicts | sed 's/ /-/; s/-\([A-Z]*\)$/ \1/'; }
