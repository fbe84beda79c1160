# shellcheck shell=bash disable=SC2034
package=openssl version=3.0.22
sha256=67ebca7e50d17383028045486653492195b83db95f8558709701bb47b5c1ef81

# Without assembly, engines and modules: each would be one ISA's, or loaded at run time.
build() { openssl_configure no-tests && make -j"$jobs" && make install_sw; }
# Some two hundred programs, each linked statically.
check() { openssl_configure && make -j"$jobs" && make test HARNESS_JOBS="$jobs"; }
openssl_configure() {
    ./Configure linux-generic64 no-asm no-shared no-module no-engine no-dso no-async \
        --prefix="$sysroot" --libdir=lib --openssldir=/etc/ssl "$@"
}
