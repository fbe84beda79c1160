# bzip2: compresses and decompresses through pipes, and its own samples.
package=bzip2=1.0.8-5
sha256=ed9c40f4de3f9e064535e15eac1c61a0f606763db98f4579dbc04067b94a8944
limit=1500

build() {
    make libbz2.a bzip2 CC="$CC" AR="$AR" RANLIB="$RANLIB" LDFLAGS=-static
}

work() {
    sample_text 12 plain
    run bzip2 -c <plain | cat >packed
    run bzip2 -d -c <packed | cmp - plain
    for n in 1 2 3; do
        run bzip2 -$n <"$source/sample$n.ref" | cmp - "$source/sample$n.bz2"
    done
}
