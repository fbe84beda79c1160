# dash: a shell script of ours with functions, here-documents, traps, pipes.
package=dash=0.5.12-2
sha256=25c0fb805c735fdb7470ce485ce76dae1a7b6c04efdfb0fdac5eab921cbd78a5
every=211

build() {
    CFLAGS=-O2 ./configure --enable-static --without-libedit
    make
}

work() {
    run src/dash "$files/work.sh"
}
