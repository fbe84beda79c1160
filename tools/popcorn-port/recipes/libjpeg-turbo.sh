# shellcheck shell=bash disable=SC2034
package=libjpeg-turbo version=2.1.5
sha256=254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c

build() { cmake_configure -DENABLE_SHARED=0 -DWITH_SIMD=0 && make_install -C out; }
check() { make -C out test; }
