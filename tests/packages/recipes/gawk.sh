# gawk: its own tests, but not those of extensions, which are shared objects.
package=gawk
sha256=2337a0283b180ec1b9c727973a34781c6478b3ae9bcbdcca0a4dc49861d75a65
programs=gawk
moves=10000 passes=540

configure() { ./configure --disable-extensions; }
# Debian's archive is without the manual.
build() { make -C support && make -j"$jobs" gawk; }
suite() {
    cd test || return
    printf 'include Makefile\npackage-tests:\n\t@printf "%%s\\n" %s\n' '$(BASIC_TESTS) $(UNIX_TESTS)
        $(GAWK_EXT_TESTS) $(ARRAYDEBUG_TESTS) $(LOCALE_CHARSET_TESTS) $(MACHINE_TESTS)' |
        tr '\n' '\r' | sed 's/\r  */ /g' | tr '\r' '\n' | make -s -f - package-tests | suite_each suite_gawk
}
# A test that fails leaves what it printed.
suite_gawk() { make -s "$1" && ! [ -e "_$1" ]; }
verdicts() { suite_verdicts; }
