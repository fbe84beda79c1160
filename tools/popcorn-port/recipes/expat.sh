# shellcheck shell=bash disable=SC2034
package=expat version=2.5.0
sha256=ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757

build() { cd expat && cmake_configure -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_DOCS=OFF && make_install -C out; }
