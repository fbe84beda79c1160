# zstd: one thread; files at several levels, with a dictionary, and its golden
# files.
package=libzstd=1.5.4+dfsg2-5
sha256=8f602f92b575aa8b5e979196fb6ee82d78f233521dc9636526d3ecba1f63c1b1
every=397 limit=800

build() {
    make -C programs zstd HAVE_THREAD=0 HAVE_ZLIB=0 HAVE_LZMA=0 HAVE_LZ4=0 \
        ZSTD_NO_ASM=1 LDFLAGS=-static
}

work() {
    # By name: zstd's tables are as large as the input then, not as the level allows.
    sample_text 1 plain
    for level in 1 6 16; do
        run programs/zstd -q -$level -c plain | cat >packed.$level
        run programs/zstd -q -d -c <packed.$level | cmp - plain
    done
    run programs/zstd -q --train -B4096 plain -o dictionary
    run programs/zstd -q -D dictionary -c plain >packed.dictionary
    run programs/zstd -q -D dictionary -d -c packed.dictionary | cmp - plain
    for golden in "$source"/tests/golden-decompression/*.zst; do
        run programs/zstd -q -d -c "$golden" | sha256sum
    done
}
