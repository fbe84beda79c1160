# lz4: its own fuzzer and frame test with a fixed seed, and a file through pipes.
package=lz4=1.9.4-1
sha256=e16302bca544d08d106efc216541f4a0403c8f8a5fad5eaac7588223a55af263
every=2999 limit=1500

build() {
    make -C programs lz4 LDFLAGS=-static
    make -C tests fuzzer frametest LDFLAGS=-static DEBUGFLAGS=
}

work() {
    run tests/fuzzer -s42 -i20 >/dev/null
    run tests/frametest -s42 -i20 >/dev/null
    sample_text 8 plain
    run programs/lz4 -9 -c <plain | cat >packed
    run programs/lz4 -d -c <packed | cmp - plain
}
