# shellcheck shell=bash
# Native C++ programs with Debian's musl of each ISA, clang-19 and libc++ of the same
# source as Popcorn's, with its exceptions and LLVM's unwinder. native.sh comes first.

native_cxx_folder() { # native_cxx_folder BUILD ISA: where it is built
    echo "$1/native-cxx/$2"
}

# Compiles one source of the library; for xargs.
native_cxx_source() { # native_cxx_source BUILD ISA FOLDER SOURCE
    local build=$1 isa=$2 source=$4 object=$3/${4//\//.}.o llvm flags=()
    llvm=$(echo "$build"/source/llvm-toolchain-19_*)
    [ ! "$object" -nt "$llvm/$source" ] || return 0
    case $source in
    libcxx/*) flags=(-DLIBCXX_BUILDING_LIBCXXABI -D_LIBCPP_REMOVE_TRANSITIVE_INCLUDES) ;;
    libcxxabi/*) flags=(-D_LIBCXXABI_BUILDING_LIBRARY -I"$llvm/libcxxabi/src") ;;
    libunwind/*) flags=(-D_LIBUNWIND_IS_NATIVE_ONLY -fno-exceptions -fno-rtti) ;;
    esac
    case $source in
    *.cpp) flags+=(-std=c++23 -fvisibility-inlines-hidden -D_LIBCPP_BUILDING_LIBRARY) ;;
    esac
    native_cxx_headers=$build/lib/popcorn/include/c++/v1 \
        native_compile "$isa" "${flags[@]}" -O2 -DNDEBUG -fvisibility=hidden \
        -funwind-tables -ffunction-sections -fdata-sections -I"$llvm/libcxx/src" \
        -I"$llvm/libunwind/include" -idirafter "$build/lib/popcorn/include" -c "$llvm/$source" \
        -o "$object.new"
    mv "$object.new" "$object"
}

native_cxx_library() { # native_cxx_library BUILD ISA: one libc++.a with all in it
    local build=$1 isa=$2 folder llvm
    folder=$(native_cxx_folder "$build" "$isa")
    llvm=$(echo "$build"/source/llvm-toolchain-19_*)
    mkdir -p "$folder"
    export -f native_compile native_cxx_source
    {
        cat "$build/libcxx/native.list"
        (cd "$llvm" && find libunwind/src -name '*.cpp' -o -name '*.c' -o -name '*.S')
    } | xargs -P "$(nproc)" -I{} \
        bash -c 'native_cxx_source "$@"' - "$build" "$isa" "$folder" {} || return 1
    rm -f "$folder/libc++.a"
    llvm-ar-19 qcs "$folder/libc++.a" "$folder"/*.o
}

native_cxx_link() { # native_cxx_link BUILD ISA OUT ARGUMENTS...
    local build=$1 isa=$2 out=$3 runtime wide=()
    [ "$isa" != x86_64 ] || wide=(-mcx16) # as Popcorn's
    runtime=$(clang-19 --target="$isa-linux-gnu" -print-resource-dir)/lib/linux
    native_cxx_headers=$build/lib/popcorn/include/c++/v1 \
        native_link "$isa" "$out" --driver-mode=g++ -nostdlib++ -Wl,--eh-frame-hdr \
        -Wl,--gc-sections "${wide[@]}" "$runtime/clang_rt.crtbegin-$isa.o" "${@:4}" \
        "$(native_cxx_folder "$build" "$isa")/libc++.a" \
        "$runtime/clang_rt.crtend-$isa.o"
}
