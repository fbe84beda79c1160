#!/usr/bin/env bash
# Bad input and bad use: one clear message, exit 1 or 2, no object.
#   refuse.sh BUILD CLANG
set -euo pipefail
build=$1 clang=$2
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
cd "$work"

# expect STATUS TEXT ARGUMENTS...
expect() {
    local want=$1 text=$2 status=0
    shift 2
    "$codegen" "$@" >out 2>err || status=$?
    if [ "$status" -ne "$want" ] || ! grep -qF -- "$text" err; then
        echo "popcorn-codegen $*: exit $status, expected $want and: $text"
        cat err
        exit 1
    fi
    [ ! -e o.o ] || { echo "popcorn-codegen $* left an object"; exit 1; }
}
module() { # NAME FLAG-VALUE BODY
    printf 'target triple = "aarch64-unknown-linux-musl"\n%s\n' "$3" >"$1"
    [ -z "$2" ] || printf '!llvm.module.flags = !{!0}\n%s\n' \
        "!0 = !{i32 1, !\"popcorn-abi\", i32 $2}" >>"$1"
}

echo 'int f(void) { return 1; }' >ok.c
neutral ok.c ok.bc
neutral "$here/plant.c" frames.bc
"$clang" -c ok.c -o native.o
"$clang" -emit-llvm -c ok.c -o foreign.bc
head -c 200 ok.bc >short.bc
module other.ll 99 'define i32 @f() { ret i32 0 }'

expect 2 "unknown option '--nonsense'" --nonsense ok.bc
expect 2 "no input file" --isa x86_64=o.o
expect 2 "no --isa" ok.bc
expect 2 "unknown ISA 'vax'; this build knows x86_64, aarch64" \
    --isa vax=o.o ok.bc
expect 2 "write it as --isa ISA=FILE" --isa x86_64 ok.bc
expect 2 "given twice" --isa x86_64=o.o --isa x86_64=p.o ok.bc
expect 2 "--isa needs a value" ok.bc --isa
expect 1 "absent.bc" --isa x86_64=o.o absent.bc
expect 1 "error" --isa x86_64=o.o short.bc
expect 1 "error" --isa x86_64=o.o native.o
expect 1 "no popcorn-abi flag" --isa x86_64=o.o foreign.bc
expect 1 "made for Popcorn ABI 99" --isa x86_64=o.o other.ll
expect 1 "cannot write" --isa x86_64=no-such-folder/o.o ok.bc
expect 1 "frame maps cannot describe so large a function" \
    --plant-fault=large-frame --isa x86_64=o.o frames.bc
expect 1 "native.o: not neutral bitcode" --check ok.bc native.o
expect 1 "no popcorn-abi flag" --check foreign.bc ok.bc
"$codegen" --check ok.bc
mkfifo pipe
cat pipe >piped &
"$codegen" --isa x86_64=pipe ok.bc
[ -p pipe ] || { echo "a pipe was replaced by a file"; exit 1; }
wait $!
"$codegen" --isa x86_64=o.o ok.bc
cmp o.o piped
rm o.o

