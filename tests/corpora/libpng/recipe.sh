# libpng: its own tests, but for those that take too long under an emulator. Needs
# zlib built.
package=libpng1.6=1.6.39-2+deb12u5
sha256=7b86211030a34deb6b0a2cd7e1d9db0fe92443fd30cab537fb89b1e7f7c9f188
every=60000 limit=1000

build() {
    local zlib=$PWD/../../zlib/${PWD##*/}
    CFLAGS=-O2 CPPFLAGS="-I$zlib" LDFLAGS="-L$zlib" ./configure \
        --disable-shared
    make LDFLAGS="-L$zlib -all-static" pngtest pngvalid pngstest pngunknown pngimage
}

work() {
    local test program programs="pngtest pngvalid pngstest pngunknown pngimage"
    # Its scripts want the programs here.
    for program in $programs; do
        cp "$(command_of $program)" $program
    done
    export srcdir=$source
    run pngtest --strict "$source/pngtest.png"
    for test in pngunknown-{IDAT,discard,if-safe,sAPI,sTER,save,vpAg} \
        pngvalid-{standard,progressive-{interlace-standard,standard},transform} \
        pngvalid-gamma-{16-to-8,background,expand16-transform,threshold,transform} \
        pngimage-quick pngstest-1.8; do
        sh "$source/tests/$test"
    done
    rm $programs
}
