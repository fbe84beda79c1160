# xz: one thread; its own test programs, and files through pipes.
package=xz-utils=5.4.1-1+deb12u2
sha256=bffc9917562b5787661379621bb1f7510bf7271b03d8ce4181cebc84b90d3c35
tests="test_index test_index_hash test_filter_flags test_block_header
    test_stream_flags test_vli test_bcj_exact_size test_lzip_decoder"
limit=2000

build() {
    CFLAGS=-O2 ./configure --disable-shared --disable-nls --disable-threads \
        --disable-doc --disable-scripts --enable-sandbox=no
    make -C src/liblzma
    make -C src/xz LDFLAGS=-all-static
    make -C tests $tests LDFLAGS=-all-static
}

work() {
    sample_text 2 plain
    run src/xz/xz -c <plain | cat >packed
    run src/xz/xz -d -c <packed | cmp - plain
    run src/xz/xz -9 --x86 --lzma2 -c <"$build/corpora/xz/native/src/xz/xz" |
        run src/xz/xz -d -c | cmp - "$build/corpora/xz/native/src/xz/xz"
    export srcdir=$source/tests
    for test in $tests; do
        run tests/$test
    done
    for file in "$source"/tests/files/good-*.xz; do
        run src/xz/xz -d -c "$file" | sha256sum
    done
}
