# shellcheck shell=bash disable=SC2034
package=libpng1.6 version=1.6.39
sha256=a00e9d2f2f664186e4202db9299397f851aea71b36a35e74910b8820e380d441
needs=zlib

build() { configure && make_install; }
check() { make check; }
