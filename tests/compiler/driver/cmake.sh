#!/usr/bin/env bash
# CMake accepts popcorn-clang and popcorn-clang++: its compiler checks, a library, a
# program of C and C++ with a precompiled header, a test.
#   cmake.sh BUILD
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.16)
project(sample C CXX)
include(CheckIncludeFile)
include(CheckSymbolExists)
include(CheckFunctionExists)
include(CheckCCompilerFlag)
include(CheckTypeSize)
include(CheckCXXCompilerFlag)
include(CheckCXXSourceRuns)
include(CheckIncludeFileCXX)
find_package(Threads REQUIRED)
check_include_file(stdint.h HAVE_STDINT)
check_symbol_exists(getline stdio.h HAVE_GETLINE)
check_function_exists(no_such_function HAVE_NOTHING)
check_c_compiler_flag(-Wshadow HAVE_WSHADOW)
check_c_compiler_flag(-fnosuchflag HAVE_NOSUCHFLAG)
check_type_size("long double" LONG_DOUBLE)
if(NOT HAVE_STDINT OR NOT HAVE_GETLINE OR HAVE_NOTHING OR NOT HAVE_WSHADOW
   OR HAVE_NOSUCHFLAG OR NOT LONG_DOUBLE EQUAL 16)
  message(FATAL_ERROR "a check is wrong")
endif()
check_include_file_cxx(ranges HAVE_RANGES -std=c++20)
check_cxx_compiler_flag(-fno-rtti HAVE_NO_RTTI)
check_cxx_source_runs("#include <iostream>
int main() { return !std::cout; }" RUNS)
if(NOT HAVE_RANGES OR NOT HAVE_NO_RTTI OR NOT RUNS
   OR NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang OR NOT CMAKE_CXX_STANDARD_DEFAULT EQUAL 17)
  message(FATAL_ERROR "a check of C++ is wrong: ${CMAKE_CXX_STANDARD_DEFAULT}")
endif()
if(NOT CMAKE_C_COMPILER_ID STREQUAL Clang OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
  message(FATAL_ERROR "not detected: ${CMAKE_C_COMPILER_ID}")
endif()
find_library(MATH m)
add_library(part STATIC part.c)
set_target_properties(part PROPERTIES POSITION_INDEPENDENT_CODE ON)
add_library(shared SHARED shared.c)
set_target_properties(shared PROPERTIES VERSION 1.2 SOVERSION 1)
target_link_libraries(shared PRIVATE part m)
add_executable(sample main.c)
target_link_libraries(sample shared Threads::Threads m)
add_executable(plus plus.cpp)
target_compile_features(plus PRIVATE cxx_std_20)
target_precompile_headers(plus PRIVATE <string> plus.hpp)
target_link_libraries(plus shared Threads::Threads)
enable_testing()
add_test(NAME sample COMMAND sample)
C
echo 'int part(int x) { return x - 1; }' >part.c
echo '#include <stdio.h>
int shared(int); int main(void) { puts("ran"); return shared(1); }' >main.c
echo 'int part(int); int shared(int x) { return part(x); }' >shared.c
echo '#include <vector>' >plus.hpp
echo 'extern "C" int shared(int); int main() { std::vector<std::string> v{"1"}; return shared(v[0].size()); }' >plus.cpp
cmake -S . -B out -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_COMPILER="$build/bin/popcorn-clang++" \
    -DCMAKE_C_COMPILER="$build/bin/popcorn-clang" \
    -DCMAKE_AR="$build/bin/popcorn-ar" \
    -DCMAKE_RANLIB="$build/bin/popcorn-ranlib" >log 2>&1 || {
    cat log
    exit 1
}
cmake --build out >log 2>&1 || { cat log; exit 1; }
# With nothing but the compiler it finds the archiver beside it.
cmake -S . -B alone -DCMAKE_C_COMPILER="$build/bin/popcorn-clang" \
    -DCMAKE_CXX_COMPILER="$build/bin/popcorn-clang++" >log 2>&1 || { cat log; exit 1; }
grep -q "^CMAKE_AR:FILEPATH=$build/bin/popcorn-llvm-ar" alone/CMakeCache.txt
[ "$(./out/sample)" = ran ]
./out/plus
cmake --build out --target help >/dev/null
echo "cmake: ok"
