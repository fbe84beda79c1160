# Expat: its own test program (leaps out of callbacks with longjmp), and xmlwf, which
# writes large documents as canonical XML (from a mapped file).
package=expat=2.5.0-1+deb12u2
sha256=6fc87dbd01f49999ed368cfb37c08d35e41348dda2281d60642f3aa14cb77e32
every=10000

build() {
    # Only with a C++ compiler is there a test in C; nothing is compiled with it.
    cmake_static -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_DOCS=OFF expat
    make runtests xmlwf outline
}

work() {
    local samples=$source/testdata/largefiles
    run tests/runtests --verbose
    run xmlwf/xmlwf -n -d . "$samples/nes96.xml" "$samples"/wordnet*
    run examples/outline <"$samples/nes96.xml" | cksum
}
