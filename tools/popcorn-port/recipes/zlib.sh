# shellcheck shell=bash disable=SC2034
package=zlib version=1.2.13
sha256=71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1

build() { ./configure --static --prefix="$sysroot" && make_install; }
check() { make test; }
