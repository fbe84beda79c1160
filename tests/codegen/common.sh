# Sourced: neutral SOURCE.c OUT.bc makes a module popcorn-codegen accepts.
neutral() {
    "$build/bin/popcorn-clang" "-O${level:-2}" -std=gnu11 -w -c "$1" -o "$2"
}
codegen=$build/lib/popcorn/popcorn-codegen
