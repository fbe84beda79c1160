# shellcheck shell=bash
# What a seed means: the program, its level, its native builds. Sourced by random.sh
# and reduce.sh, which set `generators` to the folder of generate-program and
# compute-program, and `scratch` to one that csmith may leave a file in.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../lib/native.sh"

kinds=(csmith numeric csmith wide types csmith numeric wide)
kind() { echo "${kinds[$1 % ${#kinds[@]}]}"; }
levels=(0 1 2 3)
level() { echo "${levels[$1 / ${#kinds[@]} % ${#levels[@]}]}"; }

# Half of the programs are one module of several, the others are compiled at the
# link, in turns of 400 seeds and of levels.
link_option() { # link_option LEVEL SEED
    ((((10#$2 - 1) / 400 + $1) % 2)) && echo -flto || echo -fno-lto
}

# The ISA whose native build says what is right (compute.c says why).
reference() {
    case $(kind "$1") in
    csmith | numeric) echo x86_64 ;;
    wide | types) echo aarch64 ;;
    esac
}

# For the reference: LLVM 19 loses atomic updates of reals on AArch64
# (docs/codegen.md, "Status of stores").
reference_options=(-O2 -mllvm -aarch64-enable-dead-defs=false)

# Small programs: one pass through a function finds what a hundred find, and the
# compilers are where the time goes.
write_program() { # write_program SEED: on standard output
    case $(kind "$1") in
    csmith)
        env -C "$scratch" csmith --seed "$1" --no-argc --concise --max-funcs 3 \
            --max-block-depth 2 --max-block-size 3 --max-expr-complexity 4 \
            --max-array-dim 2 --max-array-len-per-dim 5
        ;;
    types) "$generators/generate-program" "$1" 2 2 ;;
    *) "$generators/compute-program" "$1" "$(kind "$1")" ;;
    esac
    cat <<C
void torture_register(const char *, int (*)(void));
__attribute__((constructor)) static void torture_constructor(void)
{
    torture_register("$1", main);
}
C
}

# Of all compilers. One program's main is a function like others.
compile_options() { # compile_options SEED
    echo "-w -I/usr/include/csmith -Dmain=program_$1 -c"
}

# The judge of validity: undefined behaviour ends with status 99.
judge_options=(-w -O0 -DJUDGE -fsigned-char -ffp-contract=off
    -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all)
export ASAN_OPTIONS=detect_leaks=0:exitcode=99 UBSAN_OPTIONS=exitcode=99
