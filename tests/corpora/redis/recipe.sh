# redis: its server, for tests/system/servers, which asks it while its threads move.
package=redis=5:7.0.15-1~deb12u10
sha256=6416560d9f6e692a524867d8a437d97c9310c374a70d0bac1fee9259bf5e9463

build() {
    make -C src MALLOC=libc OPTIMIZATION=-O2 redis-server
}
