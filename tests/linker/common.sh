# Shared by the linker tests: a scratch folder with a tiny lib/popcorn and
# functions that make one object per ISA. Arguments of every test:
#   $1 the folder of popcorn-align and popcorn-pack
#   $make_object: the program of make_object.c
set -u
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
isas="x86_64 aarch64"
cd "$work" || exit 1

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# compile ISA SOURCE OBJECT FLAGS...
compile() {
    isa=$1 source=$2 object=$3
    shift 3
    clang-19 --target="$isa"-linux-musl -O2 -ffreestanding -fno-pic -fno-pie \
        -ftls-model=local-exec -ffunction-sections -fdata-sections \
        -fno-asynchronous-unwind-tables -Wno-unused-command-line-argument -w \
        -mllvm -max-registers-for-gc-values=256 "$@" \
        -c "$source" -o "$object" || fail "cannot compile $source"
}

make_lib() {
    resource=$(clang-19 --print-resource-dir)
    for isa in $isas; do
        mkdir -p lib/isa/$isa
        compile $isa "$here/native_$isa.S" native_$isa.o
        rm -f lib/isa/$isa/native.a
        llvm-ar-19 rcs lib/isa/$isa/native.a native_$isa.o
        cp "$resource/lib/linux/libclang_rt.builtins-$isa.a" \
            lib/isa/$isa/builtins.a
    done
    ln -s "$bin/ld.lld" lib/ld.lld
    # A double of popcorn-framemap: the "frame maps" are the raw stack maps.
    cat >lib/popcorn-framemap <<'END'
#!/bin/sh
[ "$1" = --isa ] && [ "$4" = -o ] || { echo "bad arguments $*"; exit 1; }
llvm-objcopy-19 --dump-section ".llvm_stackmaps=$5" "$3" /dev/null
END
    chmod +x lib/popcorn-framemap
}

# program ISA FLAGS... -> program_ISA.o
program() {
    isa=$1
    shift
    compile $isa "$here/program.c" program_$isa.o -DPROGRAM_ID=1 \
        -DEXTRA_DATA= "$@"
}

# with_statepoints ISA ID: adds call sites 1, ID and (dead) 3
with_statepoints() {
    sed "s/i64 ID/i64 $2/" "$here/statepoints.ll" >sp.ll
    compile $1 sp.ll sp_$1.o
    compile $1 "$here/program.c" p_$1.o -DPROGRAM_ID=1 -DEXTRA_DATA= \
        -Dneutral_answer=neutral_answer_1
    llvm-objcopy-19 --redefine-sym neutral_answer_2=neutral_answer sp_$1.o
    ld.lld-19 -r p_$1.o sp_$1.o -o program_$1.o || fail "ld -r"
}

# object OUT HOST_OBJECT OTHER_OBJECT [SITES [FACT...]]: a multi-ISA object
object() {
    out_object=$1 host_object=$2 other_object=$3 sites=${4-0}
    shift 3
    [ $# = 0 ] || shift
    {
        echo "code ${code-neutral}"
        echo "id $(cat "$host_object" "$other_object" | sha256sum | cut -c1-64)"
        echo "sites $sites"
        for fact; do
            echo "$fact"
        done
    } | "$make_object" "$out_object" x86_64="$host_object" \
        aarch64="$other_object" || fail "cannot make $out_object"
}

# module NAME [SITES [FACT...]]: NAME.o from NAME.c or NAME.ll
module() {
    name=$1
    shift
    for source in "$name.c" "$name.ll"; do
        for isa in $isas; do
            [ ! -e "$source" ] ||
                compile $isa "$source" "$name.$isa" ${flags-}
        done
    done
    object "$name.o" "$name.x86_64" "$name.aarch64" "$@"
}

# link FILE-OR-OPTION...: multi-ISA objects and archives
link() {
    args=
    for word; do
        case $word in
        -*) args="$args $word" ;;
        *=) args="$args ${word%=}" ;; # the argument of an option
        *) args="$args --object $word" ;;
        esac
    done
    "$bin/popcorn-align" --lib lib -o out $args
}

# expect_link_error PATTERN FILE...
expect_link_error() {
    pattern=$1
    shift
    rm -f out
    link "$@" >log 2>&1 && fail "accepted $*; expected: $pattern"
    grep -q -- "$pattern" log || { cat log >&2; fail "expected: $pattern"; }
    [ ! -e out ] || fail "an output was written in spite of: $pattern"
}

align() {
    "$bin/popcorn-align" --lib lib -o out --isa x86_64=program_x86_64.o \
        --isa aarch64=program_aarch64.o "$@"
}

# expect_error PATTERN [COUNT]: align fails and says PATTERN COUNT times
expect_error() {
    rm -f out
    align $extra >log 2>&1 && fail "accepted; expected: $1"
    [ "$(grep -c -- "$1" log)" = "${2-1}" ] ||
        { cat log >&2; fail "expected ${2-1} times: $1"; }
    [ ! -e out ] || fail "an output was written in spite of: $1"
}
extra=
