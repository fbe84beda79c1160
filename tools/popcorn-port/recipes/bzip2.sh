# shellcheck shell=bash disable=SC2034
package=bzip2 version=1.0.8
sha256=ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269

build() {
    make -j"$jobs" CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64" \
        PREFIX="$sysroot" install
}
check() { make CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64" test; }
