# rsync: its own tests, one after another.
package=rsync
sha256=4e7d9d3f6ed10878c58c5fb724a67dacf4b6aac7340b13e488fb2dc41346f2bb
programs=rsync
every=2000

configure() { ./configure --disable-{openssl,xxhash,zstd,lz4,md2man,acl-support,xattr-support,roll-simd,roll-asm,md5-asm,iconv}; }
prepare() { printf 'include Makefile\nsuite-programs: $(CHECK_PROGS) $(CHECK_SYMLINKS)\n' | make -f - suite-programs; }
suite() { rsync_bin=$PWD/rsync ./runtests.sh; }
verdicts() { awk '$1 ~ /^(PASS|FAIL|SKIP|XFAIL)$/ { print $2, $1 }' "$log"; }
