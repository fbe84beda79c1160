#!/usr/bin/env bash
# popcorn-port builds zlib into a sysroot, its own tests moved; compiler, pkg-config,
# CMake and Meson find it there.
#   port.sh BUILD
set -uo pipefail
build=$(cd "$1" && pwd)
port=$build/bin/popcorn-port
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export POPCORN_SYSROOT="$work/sys root"
failed=0
problem() {
    echo "FAILED: $1"
    sed 's/^/    /' out
    failed=1
}
as() { # STATUS TEXT COMMAND...
    local status
    "${@:3}" >out 2>&1
    status=$?
    [ $status = "$1" ] && { [ -z "$2" ] || grep -qF -- "$2" out; } ||
        problem "${*:3}: status $status, or not: $2"
}

as 2 "no recipe 'nosuch'" "$port" build nosuch
as 2 "no recipe '../x'" "$port" build ../x
as 2 "wants names" "$port" build
as 2 "no option --nosuch" "$port" build --nosuch zlib
as 2 "no command" "$port" frob
as 2 "wants a number" "$port" build --jobs many zlib
as 0 "usage" "$port" --help
as 1 "cannot be written" "$port" build --sysroot /proc/nowhere zlib
as 0 '"name": "zlib", "version": "1.2.13", "installed": false' "$port" list --json
python3 -m json.tool <out >/dev/null || problem "the list is no JSON"
! "$build/bin/popcorn-pkg-config" --exists zlib || problem "another zlib"

unset POPCORN_SYSROOT # autoconf's makefiles know no spaces
export POPCORN_SYSROOT=$work/sysroot
as 0 "installed in $POPCORN_SYSROOT" env POPCORN_RUN="$build/bin/popcorn --bounce 200 --bounce-limit 500" \
    "$port" build --check --keep kept zlib
grep -q 'zlib test OK' kept/zlib.log || problem "its own tests were not run"
as 0 "is installed" "$port" build zlib
as 0 "installed" "$port" list

cat >use.c <<'C'
#include <stdio.h>
#include <zlib.h>
int main(void) { return printf("%s\n", zlibVersion()) != 7; }
C
as 0 "" "$build/bin/popcorn-clang" use.c -lz -o by_itself
as 0 1.2.13 ./by_itself
# shellcheck disable=SC2046 # words
as 0 "" "$build/bin/popcorn-clang" use.c $("$build/bin/popcorn-pkg-config" --cflags --libs zlib) -o by_config
as 0 1.2.13 ./by_config

cat >CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.16)
project(use C)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(Z REQUIRED zlib)
find_library(MATH m REQUIRED)
add_executable(use use.c)
target_link_libraries(use ZLIB::ZLIB Threads::Threads ${MATH})
C
as 0 "" cmake -S . -B cmake "-DCMAKE_TOOLCHAIN_FILE=$build/share/popcorn/popcorn.cmake"
as 0 "" cmake --build cmake
as 0 1.2.13 ./cmake/use

cat >meson.build <<'M'
project('use', 'c', 'cpp', default_options: ['cpp_std=c++20'])
assert(meson.get_compiler('cpp').has_header('ranges'))
cc = meson.get_compiler('c')
assert(cc.has_function('getline') and not cc.has_function('no_such_function'))
assert(cc.sizeof('long double') == 16)
part = both_libraries('part', 'part.c', dependencies: cc.find_library('m'))
test('runs', executable('use', 'use.c', link_with: part,
    dependencies: [dependency('threads'), dependency('zlib')]))
test('C++', executable('plus', 'plus.cpp', dependencies: dependency('threads')))
M
echo '#include <iostream>
int main() { std::cout << "plus" << std::endl; }' >plus.cpp
echo '#include <math.h>
double part(double x) { return cbrt(x); }' >part.c
as 0 "" meson setup --native-file "$build/share/popcorn/popcorn.ini" meson
as 0 "Fail:               0" ninja -C meson test

[ "$failed" = 0 ] && echo "port: ok"
exit "$failed"
