#!/bin/sh
# The multi-ISA binary under damage, see pack_test.c. $2: pack_test.
. "$(dirname "$0")/common.sh"
make_lib
for isa in $isas; do
    program $isa
done
align || fail "link"
"$2" out || exit 1

# The command's errors: one line, exit status not 0
pack_error() {
    pattern=$1
    shift
    "$bin/popcorn-pack" "$@" >/dev/null 2>log && fail "accepted: $*"
    grep -q "$pattern" log || { cat log; fail "expected: $pattern"; }
}
head -c 9000 out >short
pack_error "truncated or corrupt" list short
pack_error "not a multi-ISA binary" list /bin/true
pack_error "not an ELF file" verify "$here/program.c"
pack_error "No such file" verify nowhere
pack_error "no image for sparc; it has: x86_64 aarch64" extract out sparc -o x
pack_error "unknown command" frob out
pack_error "wrong number of arguments" extract out
"$bin/popcorn-pack" list out | grep -q "^image  *aarch64" || fail "list"
echo ok
