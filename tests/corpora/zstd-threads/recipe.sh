# zstd with four workers: of its thread pool, and of long-distance matching.
. "$corpora/zstd/recipe.sh"

build() {
    make -C programs zstd HAVE_THREAD=1 HAVE_ZLIB=0 HAVE_LZMA=0 HAVE_LZ4=0 \
        ZSTD_NO_ASM=1 LDFLAGS=-static
}

work() {
    # Blocks of 512 KiB: each worker has several.
    sample_text 6 plain
    for how in "-1" "-5 --rsyncable" "-3 --long"; do
        run programs/zstd -q -T4 -B512KiB $how -c plain >packed
        sha256sum <packed
        run programs/zstd -q -d -c <packed | cmp - plain
    done
}
