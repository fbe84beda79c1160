#!/usr/bin/env bash
# Builds a corpus program with its own build system, twice: natively with
# clang-19 and with popcorn-clang.
#
#   build.sh BUILD NAME [FLAVOUR...]    BUILD is the Popcorn build folder
#
# A third flavour, only if it is named, is the second judge: plain, popcorn-clang
# with LLVM's code generator as it is (docs/codegen.md); a fourth, lto, is
# popcorn-clang -flto.
#
# Result: BUILD/corpora/NAME/{native,popcorn,plain}/..., the programs by the names
# the makefiles give them; FLAVOUR.log, FLAVOUR.time (seconds, user seconds).
set -euo pipefail
build=$(cd "$1" && pwd)
name=$2
shift 2
. "$(dirname "$0")/../lib/sources.sh"
corpus_load "$name"

out=$build/corpora/$name
bin=$build/bin
corpus_source "$name" "$out/source"

how_built() {
    echo "$package $sha256 ${POPCORN_CLANG_OPTIONS:-}"
    declare -f build
}

# For recipes: cmake with the flavour's tools; programs are linked statically.
cmake_static() {
    cmake -DCMAKE_AR="$(type -P "$AR")" -DCMAKE_RANLIB="$(type -P "$RANLIB")" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXE_LINKER_FLAGS=-static "$@"
}

# build_flavour FLAVOUR CC AR RANLIB NM
build_flavour() {
    local flavour=$1 folder=$out/$1 status
    # A rebuilt compiler or libc must not leave an old program in the test.
    if cmp -s "$folder/.built" <(how_built) &&
        { [ "$flavour" = native ] ||
            [ -z "$(find "$build/lib/popcorn" "$bin" -newer "$folder/.built" -type f -print -quit)" ]; }; then
        return 0
    fi
    rm -rf "$folder" "$out/$flavour.stats"
    cp -a "$out/source" "$folder"
    export CC=$2 AR=$3 RANLIB=$4 NM=$5
    TIMEFORMAT='%R %U'
    # A function called in a condition would run without `set -e`.
    set +e
    { time { (set -e; cd "$folder"; build) >"$out/$flavour.log" 2>&1; }; } \
        2>"$out/$flavour.time"
    status=$?
    set -e
    [ "$status" = 0 ] ||
        { tail -n 40 "$out/$flavour.log" >&2; corpus_fail "$name ($flavour) does not build"; }
    how_built >"$folder/.built"
    echo "$name ($flavour): $(cat "$out/$flavour.time") s (elapsed, user)"
}

# The frame maps of every function were right at once: no function of any program
# of this build (conftests too) was built again with fewer passes.
check_rebuilds() {
    awk '/functions rebuilt without/ { lines++; if (!/x86_64 0, aarch64 0,/) bad++ }
        END { exit lines == 0 || bad > 0 }' "$out/popcorn.stats" ||
        { grep 'rebuilt without' "$out/popcorn.stats" | sort | uniq -c >&2
          corpus_fail "$name: functions were built again, or no statistics"; }
}

# build_popcorn FLAVOUR OPTION...: with a script for compiler, for some configure
# scripts take CC apart.
build_popcorn() {
    local flavour=$1
    shift
    mkdir -p "$out"
    printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$bin/popcorn-clang" "$*" >"$out/cc-$flavour"
    chmod +x "$out/cc-$flavour"
    build_flavour "$flavour" "$out/cc-$flavour" "$bin/popcorn-ar" \
        "$bin/popcorn-ranlib" "$bin/popcorn-nm"
}

[ $# -gt 0 ] || set -- native popcorn
for flavour; do
    case $flavour in
    native) build_flavour native clang-19 ar ranlib nm ;;
    popcorn) build_popcorn popcorn "'-popcorn-stats=$out/popcorn.stats'"
        check_rebuilds ;;
    lto) build_popcorn lto -flto ;;
    plain) build_popcorn plain -flto -popcorn-codegen=--plain ;;
    *) corpus_fail "$flavour: no such flavour" ;;
    esac
done
