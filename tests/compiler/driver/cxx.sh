#!/usr/bin/env bash
# popcorn-clang++ as clang++: which files are C++, standards, headers, libraries,
# precompiled headers, modules, what is refused; libraries of C++; how quick and large.
#   cxx.sh BUILD [-flto]
. "$(dirname "$0")/checks.sh"
cxx=$build/bin/popcorn-clang++
if [ -n "$mode" ]; then
    printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$cxx" "$mode" >popcorn-clang++
    chmod +x popcorn-clang++
    cxx=$work/popcorn-clang++
fi

cat >hello.cpp <<'C'
#include <iostream>
int main() { std::cout << "hello\n"; }
C
echo 'int main(void) { int *p = 0; void *class = p; return class != 0; }' >only.c
echo 'int f() { return bool(nullptr); }' >plus.c
good "a program" "$cxx" hello.cpp -o hello
says "it runs" hello ./hello
good "C" "$cc" only.c -o only
bad "C by popcorn-clang++ is C++" "only.c:1" "$cxx" -c only.c
good "C++ named .c" "$cxx" -w -c plus.c
good "-x c" "$cxx" -x c -c only.c
good "-x c++" "$cc" -x c++ -c plus.c
good "popcorn-clang compiles .cpp" "$cc" -c hello.cpp
bad "and does not link libc++" "undefined symbol" "$cc" hello.o -o none
good "-lc++" "$cc" hello.o -lc++ -o named
good "-lstdc++" "$cc" hello.o -lstdc++ -o named
says "it runs" hello ./named
bad "-nostdlib++" "undefined symbol" "$cxx" -nostdlib++ hello.o -o none
bad "-nodefaultlibs" "undefined symbol" "$cxx" -nodefaultlibs hello.o -o none
bad "-nostdinc++" "'iostream' file not found" "$cxx" -nostdinc++ -c hello.cpp
good "-stdlib=libc++ -static-libstdc++" "$cxx" -stdlib=libc++ -static-libstdc++ hello.o -o named
bad "-stdlib=libstdc++" "libc++ is the one C++ library" "$cxx" -stdlib=libstdc++ -c hello.cpp
for suffix in cc cxx C c++ CPP cp ii; do
    echo 'template <class T> T f(T x) { return x; } int g() { return f(1); }' >"s.$suffix"
    good ".$suffix" "$cc" -c "s.$suffix"
done

for standard in 98 03 11 14 17 20 23 2c; do
    echo '#include <iostream>
#include <map>
#include <string>
int main() { std::map<std::string, int> m; m["a"] = 1; std::cout << m.size() << "\n"; }' >std.cpp
    good "-std=c++$standard" "$cxx" -Wall -Werror "-std=c++$standard" std.cpp -o std
    says "-std=c++$standard runs" 1 ./std
done
good "-fno-rtti -fno-exceptions" "$cxx" -fno-rtti -fno-exceptions hello.cpp -o hello
printf '#if !__has_include(<version>)\n#error\n#endif\n#include <version>\nV=_LIBCPP_VERSION\n' >v.cpp
says "-E" "V=190107" "$cxx" -E v.cpp
says "libc's headers are behind libc++'s" "c++/v1/stdlib.h" "$cxx" -M -x c++ - <<<'#include <stdlib.h>'
says "-print-file-name" "lib/libc++.a" "$cxx" -print-file-name=libc++.a
says "-print-library-module-manifest-path" "libc++.modules.json" \
    "$cxx" -print-library-module-manifest-path
for header in $(cd "$build/lib/popcorn/include/c++/v1" && find . -maxdepth 1 -type f -name '[a-z]*' \
    ! -name '*.h' ! -name '*.*' | sed 's,./,,'); do
    echo "#include <$header>"
done >all.cpp
good "all headers" "$cxx" -std=c++23 -w -fsyntax-only all.cpp

# Precompiled headers.
printf '#include <string>\ninline int twice(int x) { return 2 * x; }\n' >pre.hpp
echo 'int main() { std::string s("x"); return twice(s.size()) - 2; }' >pre.cpp
good "a header" "$cxx" pre.hpp -o pre.hpp.pch
good "-include-pch" "$cxx" -include-pch pre.hpp.pch pre.cpp -o pre
good "it runs" ./pre
rm pre.hpp.pch
good "-x c++-header" "$cxx" -x c++-header -c pre.hpp -o pre.hpp.pch
good "found by -include" "$cxx" -include pre.hpp pre.cpp -o pre
good "it runs" ./pre

# Modules.
printf 'module;\n#include <string>\nexport module part;\n%s\n' \
    'export std::string part(int n) { return std::string(n, 120); }' >part.cppm
printf 'import part;\n#include <cstdio>\nint main() { std::puts(part(3).c_str()); }\n' >use.cpp
good "--precompile" "$cxx" -std=c++20 --precompile part.cppm -o part.pcm
good "its object" "$cxx" -std=c++20 -c part.pcm -o part.o
good "import" "$cxx" -std=c++20 -fmodule-file=part=part.pcm use.cpp part.o -o use
says "it runs" xxx ./use
rm part.pcm part.o
good "-fmodule-output" "$cxx" -std=c++20 -fmodule-output -c part.cppm -o part.o
good "import" "$cxx" -std=c++20 -fprebuilt-module-path=. use.cpp part.o -o use
says "it runs" xxx ./use
modules=$build/lib/popcorn/share/libc++/v1
good "the module std" "$cxx" -std=c++23 -Wno-reserved-module-identifier --precompile \
    "$modules/std.cppm" -o std.pcm
echo 'import std; int main() { std::println("{} {}", "imported", 1); }' >import.cpp
good "import std" "$cxx" -std=c++23 -fmodule-file=std=std.pcm import.cpp std.pcm -o import
says "it runs" "imported 1" ./import

# What autoconf asks of CXX.
says "--version" "clang version 19" "$cxx" --version
says "g++'s macros" "G 4 201703L" "$cxx" -E -x c++ - \
    <<<'G __GNUC__ __cplusplus'
echo '#include <cstdio>
struct S { S(); ~S(); }; S::S() { std::puts("made"); } S::~S() { std::puts("gone"); }
S s; extern "C" int lib() { return 3; }' >lib.cpp
echo 'int lib(void); int main(void) { return lib() != 3; }' >user.c
if [ -z "$mode" ]; then
    good "-shared" "$cxx" -shared -fPIC lib.cpp -o libone.so
    good "a C program with it" "$cc" user.c -L. -lone -o user
    says "it runs" made ./user
    says "its destructor" gone ./user
    good "-r" "$cxx" -r lib.cpp -o both.o
    good "a program of it" "$cc" user.c both.o -lc++abi -o user
fi
good "an archive" sh -c "'$cxx' -c lib.cpp && '$build/bin/popcorn-ar' rcs libtwo.a lib.o"
good "a C program with it" "$cc" user.c libtwo.a -lc++abi -o user
says "it runs" gone ./user

# What iostream brings with it.
if [ -z "$mode" ]; then
    good "hello.o" "$cxx" -O2 -c hello.cpp
    "$cxx" hello.o -o hello
    size=$(stat -c %s hello)
    [ "$size" -lt 2500000 ] || problem "hello has $size bytes"
    echo "hello: $size bytes"
fi

[ "$failed" = 0 ] && echo "cxx: ok"
exit "$failed"
