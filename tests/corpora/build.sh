#!/usr/bin/env bash
# Builds the corpus programs with their own makefiles, twice: natively with
# clang-19 and with popcorn-clang.
#
#   build.sh BUILD NAME     BUILD is the Popcorn build folder
#
# Result: BUILD/corpora/NAME/{native,popcorn}/..., the programs by the names
# the makefiles give them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
name=$2
. "$here/sources.sh"

out=$build/corpora/$name
bin=$build/bin
corpus_source "$name" "$out/source"

# build_flavour FLAVOUR CC AR RANLIB
build_flavour() {
    local flavour=$1 cc=$2 ar=$3 ranlib=$4 folder=$out/$1
    # A rebuilt compiler or libc must not leave an old program in the test.
    if [ -e "$folder/.built" ] &&
        ! [ -n "$(find "$build/lib/popcorn" "$bin" -newer "$folder/.built" -type f -print -quit)" ]; then
        return 0
    fi
    [ "$flavour" = native ] && [ -e "$folder/.built" ] && return 0
    rm -rf "$folder"
    cp -r "$out/source" "$folder"
    (cd "$folder" && build_"$name" "$cc" "$ar" "$ranlib") >"$out/$flavour.log" 2>&1 ||
        { tail -n 40 "$out/$flavour.log" >&2; corpus_fail "$name ($flavour) does not build"; }
    touch "$folder/.built"
}

build_lua() {
    make -C src posix CC="$1 -std=gnu99" AR="$2 rcu" RANLIB="$3" MYLDFLAGS=-static
}
build_bzip2() {
    make libbz2.a bzip2 CC="$1" AR="$2" RANLIB="$3" LDFLAGS=-static
}
build_zlib() {
    CC=$1 AR=$2 RANLIB=$3 CFLAGS=-O2 LDFLAGS=-static ./configure --static
    make static
}

build_flavour native clang-19 ar ranlib
build_flavour popcorn "$bin/popcorn-clang" "$bin/popcorn-ar" "$bin/popcorn-ranlib"
