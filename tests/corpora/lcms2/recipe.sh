# Little CMS: its own test program (curves, matrices, interpolation, profiles).
package=lcms2=2.14-2+deb12u1
sha256=8328883a2b25ac3017bdacd1b1b1b60a3ae1f1e68a7e92d94b03060274cd10c5
every=50000

build() {
    CFLAGS=-O2 LDFLAGS=-static ./configure --disable-shared --without-jpeg \
        --without-tiff --without-threads
    make -C src
    make -C testbed testcms LDFLAGS=-all-static
}

work() {
    cp "$source"/testbed/*.icc .
    # Without the date of the build and the measured speeds.
    run testbed/testcms | sed '1s/ test bed.*//; /MPixel/d'
}
