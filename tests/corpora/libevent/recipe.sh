# libevent: for memcached, which is built with the archive in the build folder.
package=libevent=2.1.12-stable-8+deb12u1
sha256=acc01f440019a0369c1cf0e6256a22037a65f032b5192ee14bad548889074b55

build() {
    CFLAGS=-O2 ./configure --disable-shared --disable-openssl \
        --disable-samples --disable-libevent-regress --prefix="$PWD/installed"
    make install
}
