# GNU bc: its own test scripts (arbitrary precision, recursive functions).
package=bc=1.07.1-3
sha256=92f057cf569b6a90f95f423b293e49dce8e7cf7e99764d4aef4dfe6aa2642e15
every=4999 limit=1000

build() {
    CFLAGS=-O2 LDFLAGS=-static ./configure --without-readline --without-libedit
    make -C lib
    make -C bc
}

work() {
    for script in signum array arrayp aryprm testfn sqrt fact div mul raise \
        exp ln sine atan jn; do
        for path in "$source/Test/$script" "$source/Test/$script.b"; do
            [ -e "$path" ] && run bc/bc -l "$path"
        done
    done
}
