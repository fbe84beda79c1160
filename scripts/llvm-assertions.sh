#!/usr/bin/env bash
# LLVM with its assertions, in place of Debian's, which has none: what a pass of ours
# does against the contract of an LLVM function, and what LLVM itself believes wrongly,
# ends there with a message and not with code.
#
#   llvm-assertions.sh build             makes the library (2 hours of processor time)
#   llvm-assertions.sh run COMMAND...    runs a command whose compilers use it:
#
#       scripts/llvm-assertions.sh run cmake -G Ninja -S . -B build-assert -DPOPCORN_SHARED_LLVM=ON
#       scripts/llvm-assertions.sh run ninja -C build-assert
#       scripts/llvm-assertions.sh run ctest --test-dir build-assert -R torture
#
# It is Debian's source of the version that is installed, with Debian's patches, and
# binary compatible, so Debian's clang and lld and our code generator and passes use
# it unchanged (our own code has the assertions of LLVM's headers in every build).
# Only our ISAs and what clang, lld and we need are built; of the rest there are stubs
# that end the program.
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/popcorn/llvm-assertions, 4 GB; a build that was
# stopped goes on. JOBS in the environment: compilers at once.
set -euo pipefail
cache=${XDG_CACHE_HOME:-$HOME/.cache}/popcorn/llvm-assertions
llvm=/usr/lib/llvm-19
objects=$cache/objects
stubs=$cache/libstubs.so
targets=$(sed -n 's/^LLVM_TARGET(\(.*\))$/\1/p' "$(dirname "$0")"/../isa/*/isa.def | paste -sd' ')
# Of LLVM, a target meaning all of its own; of those that are not named only what these
# use would be in the library.
libraries="$targets AggressiveInstCombine Analysis AsmParser AsmPrinter BinaryFormat BitReader BitWriter \
BitstreamReader CFGuard CodeGen CodeGenTypes Core Coroutines Coverage DebugInfoBTF \
DebugInfoCodeView DebugInfoDWARF DebugInfoMSF DebugInfoPDB Demangle DlltoolDriver Extensions \
FrontendDriver FrontendHLSL FrontendOffloading FrontendOpenMP GlobalISel HipStdPar \
IRPrinter IRReader InstCombine Instrumentation LTO LibDriver Linker MC MCDisassembler \
MCParser MIRParser ObjCARCOpts ObjCopy Object Option Passes ProfileData Remarks ScalarOpts \
SelectionDAG Support Symbolize Target TargetParser TextAPI TextAPIBinaryReader \
TransformUtils Vectorize WindowsDriver WindowsManifest ipo"

say() { printf 'llvm-assertions: %s\n' "$*"; }
fail() { printf 'llvm-assertions: error: %s\n' "$*" >&2; exit 1; }

fetch_source() {
    local version
    version=$(dpkg-query -W -f '${source:Version}' llvm-19) ||
        fail "llvm-19 is not installed; run scripts/setup.sh"
    [ "$(cat "$cache/version" 2>/dev/null)" != "$version" ] || return 0
    say "source of LLVM $version"
    rm -rf "$cache"
    mkdir -p "$cache/download"
    (cd "$cache/download" && apt-get source -qq --download-only "llvm-toolchain-19=$version")
    dpkg-source --no-check -x "$cache"/download/*.dsc "$cache/source" >/dev/null
    rm -rf "$cache/download" "$cache"/*.tar.xz
    echo "$version" >"$cache/version"
}

# Half of a compilation is the same headers. A file that clashes with some of them is
# compiled without, as is what the generators of headers are made of.
write_launcher() {
    cat >"$cache/launcher" <<SH
#!/bin/sh
case "\$*" in
*/TableGen/* | */lib/Support/*) ;;
*.cpp) [ -e $cache/llvm.pch ] && "\$@" -w -include-pch $cache/llvm.pch 2>/dev/null && exit 0 ;;
esac
exec "\$@" -w
SH
    chmod +x "$cache/launcher"
}

precompile_headers() {
    local header command
    [ ! -e "$cache/llvm.pch" ] || return 0
    say "headers"
    ninja -C "$objects" intrinsics_gen include/llvm/CodeGen/GenVT.inc \
        include/llvm/TargetParser/RISCVTargetParserDef.inc >"$cache/ninja.log" ||
        fail "see $cache/ninja.log"
    for header in ADT/MapVector ADT/PostOrderIterator ADT/SmallPtrSet ADT/Statistic \
        ADT/StringSwitch Analysis/AliasAnalysis Analysis/LoopInfo \
        Analysis/ScalarEvolution Analysis/TargetTransformInfo Analysis/ValueTracking \
        CodeGen/LiveIntervals CodeGen/MachineFunctionPass CodeGen/SelectionDAG \
        CodeGen/TargetInstrInfo CodeGen/TargetLowering IR/DebugInfo IR/Dominators \
        IR/InstIterator IR/IntrinsicInst IR/IRBuilder IR/Module IR/PassManager \
        InitializePasses MC/MCContext MC/MCStreamer Pass Support/CommandLine \
        Support/Debug Target/TargetMachine; do
        echo "#include \"llvm/$header.h\""
    done >"$cache/llvm.h"
    # As LLVM's own files are compiled.
    command=$(ninja -C "$objects" -t commands lib/libLLVMInstCombine.a |
        sed -n 's/^[^ ]*launcher \(.*\) -MD .*InstCombineCompares\.cpp$/\1/p')
    $command -w -x c++-header -fpch-instantiate-templates "$cache/llvm.h" -o "$cache/llvm.pch"
}

# What is linked to Debian's library and would miss something in ours.
write_stubs() {
    local user
    for user in "$llvm"/bin/{clang,lld} "$llvm"/lib/libclang-cpp.so.19.1; do
        nm -D --undefined-only "$user"
    done | sed -n 's/.* \([^ ]*\)@LLVM_19.*/\1/p' | sort -u >"$cache/wanted"
    nm -D --defined-only "$objects/lib/libLLVM.so.19.1" | sed 's/.* //; s/@.*//' |
        sort -u >"$cache/there"
    # Other targets are initialised, and Debian's clang has Polly: the last member of
    # what getPollyPluginInfo() returns is a function that adds passes.
    comm -23 "$cache/wanted" "$cache/there" | awk '
        { printf ".globl %s\n.type %s, @function\n%s: ", $1, $1, $1 }
        /^LLVMInitialize/ { print "ret"; next }
        /getPollyPluginInfo/ {
            print "lea none(%rip), %rax; mov %rax, 24(%rdi); mov %rdi, %rax; none: ret"
            next
        }
        { print "ud2" }' >"$cache/stubs.s"
    clang-19 -shared -nostdlib "$cache/stubs.s" -o "$stubs"
}

with_library() { LD_LIBRARY_PATH=$objects/lib LD_PRELOAD=$stubs "$@"; }

is_used() {
    with_library clang-19 --version | grep -q '+assertions' &&
        with_library clang-19 -O2 -x c -c /dev/null -o /dev/null
}

build() {
    local need
    for need in cmake ninja clang++-19 ld.lld-19 dpkg-source python3 nm; do
        [ "$(command -v "$need")" ] ||
            fail "$need is missing: scripts/setup.sh, then apt-get install dpkg-dev python3"
    done
    fetch_source
    write_launcher
    if [ ! -e "$objects/build.ninja" ]; then
        say "configuration"
        cmake -G Ninja -S "$cache/source/llvm" -B "$objects" \
            -DCMAKE_BUILD_TYPE=Release -DLLVM_ENABLE_ASSERTIONS=ON \
            -DLLVM_ABI_BREAKING_CHECKS=FORCE_OFF -DLLVM_ENABLE_RTTI=ON \
            -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
            -DCMAKE_C_FLAGS_RELEASE=-O1 -DCMAKE_CXX_FLAGS_RELEASE=-O1 \
            -DCMAKE_CXX_COMPILER_LAUNCHER="$cache/launcher" -DLLVM_USE_LINKER=lld \
            "-DLLVM_TARGETS_TO_BUILD=${targets// /;}" -DLLVM_BUILD_LLVM_DYLIB=ON \
            "-DLLVM_DYLIB_COMPONENTS=${libraries// /;}" \
            -DLLVM_BUILD_{TOOLS,UTILS}=OFF -DLLVM_INCLUDE_{TESTS,BENCHMARKS,EXAMPLES,DOCS}=OFF \
            -DLLVM_ENABLE_{LIBXML2,LIBEDIT,CURL,Z3_SOLVER,FFI,UNWIND_TABLES}=OFF \
            >"$cache/cmake.log" || fail "cmake: see $cache/cmake.log"
    fi
    precompile_headers
    say "library"
    ninja -C "$objects" -j "${JOBS:-$(nproc)}" LLVM
    write_stubs
    is_used || fail "clang-19 does not use the library"
    say "done: $objects/lib"
}

[ $# -gt 0 ] || set -- --help
case $1 in
build) [ $# = 1 ] || fail "build takes no argument"
    build ;;
run) shift
    [ $# -gt 0 ] || fail "run what?"
    if [ ! -e "$stubs" ] || ! is_used; then fail "there is no library: $0 build"; fi
    with_library exec "$@" ;;
--help) sed -n '2,/^set -/s/^# \{0,1\}//p' "$0" ;;
*) fail "'$1': build or run" ;;
esac
