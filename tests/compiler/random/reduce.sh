#!/usr/bin/env bash
# Reduces a program of random.sh that failed, with cvise.
#
#   reduce.sh BUILD GENERATORS SEED LEVEL MODE OUT.c [TEXT]
#
# MODE: an ISA or from-ISA: the program printed or did something else than the
# native build; "link": it does not build, or the link says TEXT. OUT.c is the
# smallest program found that does so still. One that UBSan and ASan do not let pass,
# or that clang -O0 and -O2 do not agree on, is not interesting.
#
#   reduce.sh --interesting BUILD SEED LEVEL MODE SOURCE [TEXT]
#
# is the test of one step: status 0 if SOURCE still fails in that way.
set -euo pipefail
self=$(realpath "$0")
. "$(dirname "$self")/program.sh"

limited() { timeout -k 1 "$@" </dev/null 2>/dev/null; }

# valid_output SOURCE: what the native builds print, if they are valid and agree.
valid_output() {
    local options=("${reference_options[@]}" -I/usr/include/csmith "$1") isa first
    isa=$(reference "$seed")
    clang-19 "${judge_options[@]}" -I/usr/include/csmith "$1" -lm -pthread \
        -o "$work/judge" 2>/dev/null || return 1
    first=$(limited 60 "$work/judge") || return 1
    # No warning that tells of a program the judge cannot see through.
    clang-19 -I/usr/include/csmith -O1 -fsyntax-only -Werror=uninitialized \
        -Werror=return-type -Werror=implicit-function-declaration \
        -Werror=int-conversion -Werror=incompatible-pointer-types "$1" 2>/dev/null || return 1
    native_link "$isa" "$work/native" "${options[@]}" || return 1
    limited 60 "$(native_runner "$isa")" "$work/native" >"$work/wanted" || return 1
    [ "$(kind "$seed")" != csmith ] || [ "$first" = "$(cat "$work/wanted")" ]
}

interesting() { # interesting SOURCE
    local status=0 options=(--nodes "$mode")
    valid_output "$1" || return 1
    "$build/bin/popcorn-clang" "$(link_option "$level" "$seed")" "-O$level" -w -popcorn-dense-points -I/usr/include/csmith \
        "$1" -lm -o "$work/program" >"$work/says" 2>&1 || status=$?
    if [ "$mode" = link ]; then
        { [ $status != 0 ] || [ -n "$text" ]; } && grep -qF -- "$text" "$work/says"
        return
    fi
    [ $status = 0 ] || return 1
    case $mode in
    from-*) options=(--nodes "$("$here/../../lib/batch/nodes.sh" "$build" "${mode#from-}")" --bounce 1 --bounce-limit 1000 --poison) ;;
    esac
    limited 100 "$build/bin/popcorn" run "${options[@]}" -- "$work/program" >"$work/printed" || status=$?
    [ $status != 124 ] && { [ $status != 0 ] || ! cmp -s "$work/wanted" "$work/printed"; }
}

if [ "$1" = --interesting ]; then
    build=$2 seed=$3 level=$4 mode=$5 source=$6 text=${7:-}
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    interesting "$source"
    exit
fi

build=$(cd "$1" && pwd) generators=$(cd "$2" && pwd) seed=$3 level=$4 mode=$5 result=$6
text=${7:-}
folder=$(mktemp -d) scratch=$folder
trap 'rm -rf "$folder"' EXIT
write_program "$seed" | sed '/^void torture_register/,$d' >"$folder/program.c"
# One file, so that what csmith's header brings can go too.
clang-19 -E -P -I/usr/include/csmith "$folder/program.c" -o "$folder/whole.c"
mv "$folder/whole.c" "$folder/program.c"
cat >"$folder/test.sh" <<EOT
#!/bin/sh
exec "$self" --interesting "$build" "$seed" "$level" "$mode" program.c '$text'
EOT
chmod +x "$folder/test.sh"
(cd "$folder" && ./test.sh) || { echo "reduce.sh: seed $seed does not fail so" >&2; exit 1; }
(cd "$folder" && cvise --n "${JOBS:-2}" --timeout 300 ./test.sh program.c) || true
cp "$folder/program.c" "$result"
