#!/usr/bin/env bash
# Names of shared objects and of the program are kept apart as the system's linker
# and loader do it: what is printed must be what clang-19's build prints.
#   shared_names.sh BUILD
. "$(dirname "$0")/checks.sh"
clang='clang-19'

cat >common.c <<'C'
int state; /* each copy has its own */
const char *who(void) { return WHO; }
int count(void) { return ++state; }
int twice(int (*f)(void)) { return f() + f(); }
C
cat >lib.c <<'C'
#include <stdio.h>
const char *who(void);
int count(void), twice(int (*)(void)), secret(void), given(void);
int lib(void)
{
    printf("library: %s %d %d %d\n", who(), count(), given(), secret());
    return twice(count);
}
C
cat >parts.c <<'C'
int given(void) { return 1; }
__attribute__((visibility("hidden"))) int secret(void) { return 10; }
__attribute__((weak)) int level(void) { return 1; }
int given_level(void) { return level(); }
C
cat >strong.c <<'C'
int level(void) { return 2; }
int given_weakly(void) { return 3; }
C
cat >main.c <<'C'
#include <stdio.h>
const char *who(void);
int count(void), twice(int (*)(void)), lib(void);
int given(void) { return 2; }
int secret(void) { return 20; }
int given_level(void);
__attribute__((weak)) int given_weakly(void) { return 4; }
int main(void)
{
    printf("%d %d\n", given_level(), given_weakly());
    printf("%d\n", lib());
    printf("program: %s %d %d %d\n", who(), count(), given(), secret());
    printf("%d\n", twice(count));
    return 0;
}
C
cat >names.map <<'S'
# Versions are read over; what is written out counts before a pattern.
LIB_1 {
  global:
    lib; giv*; "secret"; /* a comment; ; */
    extern "C" { unused; also_unused };
    extern "C++" { "lib::lib()"; };
  local: who; *;
};
LIB_2 { } LIB_1;
S

# build COMPILER AR FOLDER [OPTION of -shared...]: FOLDER/main
build_with() {
    local compiler=$1 archiver=$2 folder=$3
    shift 3
    mkdir -p "$folder"
    "$compiler" -O2 -fPIC -DWHO='"library"' -c common.c -o "$folder/shlib.o" &&
        "$compiler" -O2 -DWHO='"program"' -c common.c -o "$folder/common.o" &&
        "$compiler" -O2 -fPIC -c lib.c -o "$folder/lib.o" &&
        "$compiler" -O2 -fPIC -c parts.c -o "$folder/parts.o" &&
        "$compiler" -O2 -fPIC -c strong.c -o "$folder/strong.o" &&
        "$archiver" rcs "$folder/libshlib.a" "$folder/shlib.o" &&
        "$archiver" rcs "$folder/libcommon.a" "$folder/common.o" &&
        "$compiler" -shared "$folder/lib.o" "$folder/parts.o" "$folder/strong.o" "$folder/libshlib.a" \
            -o "$folder/lib.so" "$@" &&
        "$compiler" main.c "$folder/libcommon.a" "$folder/lib.so" -o "$folder/main" \
            "-Wl,-rpath,$PWD/$folder"
}
both() { # NAME [OPTION of -shared...]
    local name=$1
    shift
    good "$name, clang" build_with "$clang" ar "$name.clang" "$@"
    good "$name" build_with "$cc" "$build/bin/popcorn-ar" "$name" "$@"
    "$name.clang/main" >expected
    "./$name/main" >got 2>err || problem "$name: status $?"
    cmp -s expected got || { diff expected got; problem "$name: not as natively"; }
}
both hiding -Wl,--version-script=names.map
both argument -Wl,--version-script,names.map -Wl,-soname,lib.so
both exclude -Wl,--exclude-libs,libother.a:libshlib.a
both exclude_all -Wl,--exclude-libs=ALL
# Nothing is hidden but by visibility: the program's own count for both.
both given
grep -q "^library: program 1 2 10" got && grep -q "^2 4" got || problem "interposition: $(cat got)"

# Hidden names are found by nobody, and are nobody's who asks for them.
cat >asks.c <<'C'
int who(void), lib(void);
int main(void) { return who() + lib(); }
C
bad "a hidden name" "undefined symbol 'who', used by asks.c" "$cc" asks.c hiding/lib.so -o asks
# Two libraries of one name, each with a hidden count.
echo '{ global: lib2; local: *; };' >two
good "a second library" "$cc" -O2 -shared -fPIC -Dlib=lib2 -DWHO='"second"' lib.c common.c parts.c \
    -Wl,-soname,lib.so -Wl,--version-script=two -o second.so
cat >calls.c <<'C'
int lib(void), lib2(void);
int main(void) { return lib() * 10 + lib2() != 55; }
C
good "two libraries" "$cc" calls.c hiding/lib.so second.so -o calls
[ "$(./calls)" = "library: library 1 1 10
library: second 1 1 10" ] || problem "two libraries: $(./calls)"

# Moved, everything is where it was; a debugger's view and ours agree.
cp hiding/main moves
"$build/bin/popcorn" run --nodes x86_64,aarch64 --bounce 1 ./moves >got 2>err || problem "moved: $(cat err)"
hiding.clang/main | cmp -s - got || problem "moved: $(cat got)"

# Bad scripts.
bad_script() { # WHAT SCRIPT TEXT
    printf '%s' "$2" >bad
    bad "$1" "$3" "$cc" -shared parts.c -Wl,--version-script=bad -o bad.so
}
bad_script "no brace" '{ local: *;' 'bad:1: version script: } expected'
bad_script "no semicolon" $'{\n local: a b; };' 'bad:2: version script: ; expected'
bad_script "not ended" '{ local: *; }' 'bad:1: version script: ; expected'
bad_script "extern" '{ extern C { a; }; };' 'extern wants "LANGUAGE" {'
bad "none" "nothing.map: No such file" "$cc" -shared parts.c -Wl,--version-script=nothing.map -o bad.so

[ "$failed" = 0 ] && echo "shared_names: ok"
exit "$failed"
