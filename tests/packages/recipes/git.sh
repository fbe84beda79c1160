# git, without TLS and what other languages add: scripts of its own tests, each 20th.
package=git
sha256=c58da92c378df4a986ca33266897a7397e86c22ee266a284d8c2432c39066b59
needs=zlib
programs=git
part=20 moved_part=60 every=2000 passes=800

configure() { :; }
# musl's regular expressions do not begin within a line.
build() {
    make -j"$jobs" CC="$CC" AR="$AR" CFLAGS="$CFLAGS $CPPFLAGS" LDFLAGS="$LDFLAGS" \
        NO_REGEX=NeedsStartEnd NO_CURL=1 NO_EXPAT=1 NO_OPENSSL=1 NO_GETTEXT=1 NO_TCLTK=1 NO_PYTHON=1
}
suite() { cd t && export TEST_NO_MALLOC_CHECK=1 && printf '%s\n' t[0-9]*.sh | suite_each suite_git; }
suite_git() { "./$1"; }
verdicts() { suite_tap t; }
