# xz with four threads, for packing and for unpacking.
. "$corpora/xz/recipe.sh"

build() {
    CFLAGS=-O2 ./configure --disable-shared --disable-nls --disable-doc \
        --disable-scripts --enable-sandbox=no
    make -C src/liblzma
    make -C src/xz LDFLAGS=-all-static
}

work() {
    sample_text 3 plain
    for how in "-1" "-4 --x86 --lzma2=preset=4"; do
        run src/xz/xz -T4 --block-size=256KiB $how -c <plain | cat >packed
        sha256sum <packed
        run src/xz/xz -T4 -d -c <packed | cmp - plain
    done
}
