# lbzip2: bzip2 with four threads each for packing and unpacking; its own
# decompressor tests, damaged files among them.
package=lbzip2=2.5-2.3
sha256=69076530ba03889f1b1aa0aba9790a39c53952f2bc917bb73439c2e2cdb810d6
every=10 limit=1000

build() {
    # For the native build: its gnulib knows glibc by a macro that is gone.
    CFLAGS=-O2 CPPFLAGS=-D_IO_ftrylockfile ./configure
    make -C lib
    make -C src
}

work() {
    sample_text 3 plain
    for how in "-1" "-2 -u" "-5"; do
        run src/lbzip2 -n4 $how -c <plain | cat >packed
        sha256sum <packed
        run src/lbzip2 -n4 -d -c <packed | cmp - plain
    done
    run src/lbzip2 -n4 -1 -k plain
    sha256sum plain.bz2
    run src/lbzip2 -n4 -t plain.bz2
    rm plain
    run src/lbzip2 -n4 -d plain.bz2
    for file in "$source"/tests/*.bz2; do
        status=0
        run src/lbzip2 -n4 -d -c "$file" >out 2>message || status=$?
        echo "${file##*/}: status $status, $(sha256sum <out) $(cat message)"
    done
}
