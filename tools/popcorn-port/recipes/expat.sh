# shellcheck shell=bash disable=SC2034
package=expat version=2.5.0
sha256=ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757

build() { cd expat && cmake_configure -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_DOCS=OFF && make_install -C out; }
# Only with a C++ compiler is there a test in C; nothing is compiled with it.
check() {
    cd expat && cmake_configure -DEXPAT_BUILD_TESTS=ON && make -C out runtests && out/tests/runtests
}
