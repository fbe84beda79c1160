# shellcheck shell=bash disable=SC2034
package=sqlite3 version=3.40.1
sha256=aaa776260ab4dc976db34aa7891819484c8676b5b2783123ebc6301e2ca5d655

build() { configure --disable-tcl --disable-load-extension --disable-readline && make_install; }
# What of its tests needs no Tcl that is linked in.
check() { make -j"$jobs" fuzztest; }
