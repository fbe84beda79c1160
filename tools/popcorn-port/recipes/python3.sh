# shellcheck shell=bash disable=SC2034
package=python3.11 version=3.11.2
sha256=2411c74bda5bbcfcddaf4531f66d1adc73f247f529aee981b029513aefdbf849
needs="zlib bzip2 xz sqlite readline openssl"

# Static, with every extension module inside. Not there: _ctypes, which makes machine code,
# what CPython loads only to test loading, and _testinternalcapi, which the program that
# freezes modules cannot be linked with. Its tests: tests/packages.
build() {
    local without="_testinternalcapi${python_without:+ $python_without}"
    MODULE_BUILDTYPE=static ./configure --prefix="$sysroot" --without-ensurepip
    sed -E "/^\*shared\*/,\$d; /^(${without// /|}) /d" Modules/Setup.stdlib >Modules/Setup.local
    cat >>Modules/Setup.local <<'END'
readline readline.c -lreadline -ltinfo
_curses _cursesmodule.c -DHAVE_NCURSESW -I$(prefix)/include/ncursesw -lncursesw
_curses_panel _curses_panel.c -DHAVE_NCURSESW -I$(prefix)/include/ncursesw -lpanelw -lncursesw
END
    # shellcheck disable=SC2086 # words
    printf '%s\n' '*disabled*' _ctypes _ctypes_test _testimportmultiple _testmultiphase \
        _tkinter _gdbm _dbm nis _uuid xxlimited xxlimited_35 $without >>Modules/Setup.local
    make_install
}
