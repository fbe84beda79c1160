# shellcheck shell=bash disable=SC2034
package=xz-utils version=5.4.1
sha256=5d9827aa1875b21c288f78864bb26d2650b436ea8d2cad364e4921eb6266a5a5

build() { configure --disable-doc --disable-nls && make_install; }
check() { make check; }
