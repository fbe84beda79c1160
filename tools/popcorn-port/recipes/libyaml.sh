# shellcheck shell=bash disable=SC2034
package=libyaml version=0.2.5
sha256=fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e

build() { [ -e configure ] || ./bootstrap; configure && make_install; }
check() { make check; }
