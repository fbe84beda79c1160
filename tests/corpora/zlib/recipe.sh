# zlib: what its `make test` runs, and a larger file through pipes.
package=zlib=1:1.2.13.dfsg-1
sha256=3fa1e6b2fc525062aa88207dda52fed8e045373c809d362fe8a2bfbf7cf515a8

build() {
    CFLAGS=-O2 LDFLAGS=-static ./configure --static
    make static
}

work() {
    run example example.gz
    echo hello world | run minigzip | run minigzip -d
    sample_text 12 plain
    run minigzip -c <plain | cat >packed
    run minigzip -d -c <packed | cmp - plain
}
