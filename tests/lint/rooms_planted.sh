#!/usr/bin/env bash
# rooms.py finds a use that is not allowed: an include that is planted in a copy
# of the sources, one of a room's own header, an include and a call that a rule
# fewer forbids, a header that says otherwise, a circle.
#   rooms_planted.sh SOURCE BUILD
set -euo pipefail
source=$1 build=$2 here=$1/tests/lint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect() { # expect SOURCE RULES LINE...
    ! python3 "$here/rooms.py" "$1" "$build" "$2" >"$work/out" ||
        { echo "FAILED: found nothing"; exit 1; }
    for line in "${@:3}"; do
        grep -qxF "$line" "$work/out" || { echo "FAILED: no '$line'"; cat "$work/out"; exit 1; }
    done
}

mkdir "$work/source"
(cd "$source" && cp -r include isa runtime libc-musl-patched libcxx linker compiler tools "$work/source")
echo '#include "runtime/agent/agent.h"' >>"$work/source/runtime/dsm/hold.c"
expect "$work/source" "$here/rooms.def" \
    "runtime/dsm/hold.c: includes of runtime/agent/agent.h: runtime/dsm may not use runtime/agent"

echo '#include "runtime/dsm/directory.h"' >>"$work/source/runtime/agent/route.c"
expect "$work/source" "$here/rooms.def" \
    "runtime/agent/route.c: includes runtime/dsm/directory.h, which is runtime/dsm's own"

sed 's,^\(tools/common:.*\) runtime/message,\1,' "$here/rooms.def" >"$work/rules"
expect "$source" "$work/rules" \
    "tools/common/say.c: includes of runtime/message/printable.h: tools/common may not use runtime/message" \
    "tools/common/say.c: calls text_printable of runtime/message/printable.c: tools/common may not use runtime/message" \
    "tools/common: its headers say 'May use ['runtime/base and runtime/message']', rooms.def runtime/base"

sed 's,^runtime/message:,& runtime/dsm,' "$here/rooms.def" >"$work/rules"
expect "$source" "$work/rules" "the rules have a circle: runtime/dsm runtime/message"

sed 's,^runtime/peer:,& isa,' "$here/rooms.def" >"$work/rules"
expect "$source" "$work/rules" "runtime/peer: isa is allowed and not used"

# A hook is its room's alone.
sed 's,^hook libc-musl-patched/native:,hook isa:,' "$here/rooms.def" >"$work/rules"
expect "$source" "$work/rules" \
    "libc-musl-patched/native/thread.c: calls popcorn_syscall_local of runtime/member/calls/local.c: libc-musl-patched/native may not use runtime/member/calls"

# Two files of a room that call each other.
objects=$work/build/runtime/dsm/CMakeFiles/planted.dir
mkdir -p "$objects"
echo 'void b(void); void a(void) { b(); }' | cc -x c -c - -o "$objects/hold.c.o"
echo 'void a(void); void b(void) { a(); }' | cc -x c -c - -o "$objects/journal.c.o"
build=$work/build
expect "$source" "$here/rooms.def" "a circle: runtime/dsm/hold.c runtime/dsm/journal.c"
echo "rooms: ok"
