# shellcheck shell=bash
# Native programs with Debian's musl of each ISA, and no compiler but clang-19:
# what Popcorn's images are compared with.

# With native_cxx.sh's headers before libc's, as they have to be.
native_compile() { # native_compile ISA ARGUMENTS...
    clang-19 --target="$1-linux-musl" -w -fsigned-char -ffp-contract=off -nostdlibinc \
        ${native_cxx_headers:+-isystem "$native_cxx_headers"} \
        -isystem "/usr/include/$1-linux-musl" "${@:2}"
}

# GCC's arithmetic of binary128 where long double has that format: compiler-rt's
# is wrong (docs/codegen.md, "Miscompiles of 19.1.7").
native_quad=(addtf3.o subtf3.o multf3.o divtf3.o trunctfdf2.o trunctfsf2.o
    sfp-exceptions.o)

native_link() { # native_link ISA OUT ARGUMENTS... (sources, objects, options)
    local isa=$1 out=$2 lib=/usr/lib/$1-linux-musl quad=()
    shift 2
    if [ "$isa" = aarch64 ]; then
        mkdir -p "$out.quad"
        llvm-ar-19 x --output="$out.quad" \
            "$(clang-19 --target="$isa-linux-gnu" -rtlib=libgcc -print-libgcc-file-name)" \
            "${native_quad[@]}"
        quad=("${native_quad[@]/#/$out.quad/}")
    fi
    native_compile "$isa" -static -nostdlib -fuse-ld=lld -o "$out" \
        "$lib/crt1.o" "$lib/crti.o" "$@" "${quad[@]}" -L"$lib" -lc \
        "$(clang-19 --target="$isa-linux-gnu" -print-resource-dir)/lib/linux/libclang_rt.builtins-$isa.a" \
        "$lib/crtn.o"
}

native_runner() { # native_runner ISA: the command that runs its programs
    if [ "$1" = "$(uname -m)" ]; then
        echo env
    else
        echo "qemu-$1"
    fi
}
