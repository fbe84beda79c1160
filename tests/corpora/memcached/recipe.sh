# memcached: for tests/system/servers, which asks it while its threads move. Needs
# libevent built.
package=memcached=1.6.18-1+deb12u1
sha256=47fe5c96717c0282676155dc144f9524d471097b656f67637f2629c66b8a633a

build() {
    CFLAGS=-O2 ./configure --enable-static --disable-coverage --disable-docs \
        --with-libevent="$PWD/../../libevent/popcorn/installed"
    make memcached
}
