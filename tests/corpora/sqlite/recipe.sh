# SQLite: its shell runs joins, transactions, a large insert, full-text search
# and PRAGMA integrity_check; the database file is compared too.
package=sqlite3=3.40.1-2+deb12u2
sha256=ee3459ae9d00939741c7708fc1b8ce1bde12d8c3fb1dfa005bbbc8651d884e23
every=1000

# ac_cv_search_deflate: without the host's zlib in either build.
build() {
    ac_cv_search_deflate=no CFLAGS=-O2 LDFLAGS=-static ./configure \
        --disable-shared --disable-threadsafe --disable-tcl --disable-readline \
        --disable-load-extension --enable-fts5 --enable-rtree
    make sqlite3
}

work() {
    run sqlite3 -batch work.db <"$files/work.sql"
}
