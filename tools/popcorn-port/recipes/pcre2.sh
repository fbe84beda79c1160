# shellcheck shell=bash disable=SC2034
package=pcre2 version=10.42
sha256=c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f

# Its just-in-time compiler makes code of one ISA.
build() { configure --disable-jit --enable-pcre2-16 --enable-pcre2-32 && make_install; }
# Not RunGrepTest, which wants to hear of a locale that does not exist: musl takes any.
check() { make check TESTS='RunTest pcre2posix_test'; }
