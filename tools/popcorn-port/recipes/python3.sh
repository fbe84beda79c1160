# shellcheck shell=bash disable=SC2034
package=python3.11 version=3.11.2
sha256=2411c74bda5bbcfcddaf4531f66d1adc73f247f529aee981b029513aefdbf849
needs="zlib bzip2 xz sqlite readline openssl"

# Static, with every extension module inside. Not there: _ctypes, which makes machine code,
# what CPython loads only to test loading, and _testinternalcapi, which the program that
# freezes modules cannot be linked with.
build() {
    MODULE_BUILDTYPE=static ./configure --prefix="$sysroot" --without-ensurepip
    sed '/^\*shared\*/,$d; /^_testinternalcapi /d' Modules/Setup.stdlib >Modules/Setup.local
    cat >>Modules/Setup.local <<'END'
readline readline.c -lreadline -ltinfo
_curses _cursesmodule.c -DHAVE_NCURSESW -I$(prefix)/include/ncursesw -lncursesw
_curses_panel _curses_panel.c -DHAVE_NCURSESW -I$(prefix)/include/ncursesw -lpanelw -lncursesw
END
    printf '%s\n' '*disabled*' _ctypes _ctypes_test _testinternalcapi _testimportmultiple \
        _testmultiphase _tkinter _gdbm _dbm nis _uuid xxlimited xxlimited_35 >>Modules/Setup.local
    make_install
}
