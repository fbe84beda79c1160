# shellcheck shell=bash disable=SC2034
package=ncurses version=6.4
sha256=6931283d9ac87c5073f30b6290c4c75f21632bb4fc3603ac8100812bed248159

build() {
    ./configure --prefix="$sysroot" --without-cxx --without-cxx-binding --without-ada \
        --without-shared --without-debug --without-tests --without-manpages --without-progs \
        --enable-widec --enable-pc-files --with-pkg-config-libdir="$sysroot/lib/pkgconfig" \
        --disable-stripping --with-default-terminfo-dir=/usr/share/terminfo \
        --with-terminfo-dirs=/etc/terminfo:/lib/terminfo:/usr/share/terminfo \
        --with-fallbacks=linux,xterm,xterm-256color,vt100,dumb &&
        make_install INSTALL="install -c"
    for name in ncurses form menu panel tinfo; do
        [ $name = tinfo ] && from=libncursesw.a || from=lib${name}w.a
        ln -sf $from "$sysroot/lib/lib$name.a"
    done
    ln -sfn ncursesw/curses.h "$sysroot/include/curses.h"
    for header in ncurses_dll unctrl term termcap eti form menu panel ncurses; do
        [ ! -e "$sysroot/include/ncursesw/$header.h" ] ||
            ln -sfn ncursesw/$header.h "$sysroot/include/$header.h"
    done
}
