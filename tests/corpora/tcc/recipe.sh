# TinyCC: compiles programs of ours and itself; the objects are compared.
#
# Not tccgen.c: it has constants of type long double, which tcc writes as its host
# has them, 80 bits in the native build, binary128 in ours.
package=tcc=0.9.27+git20200814.62c30a4a-1
sha256=3d211ea8e260e6b846c9a085ea43229c48b20871be7a7ad8f520b2d345587cfd
every=1499 limit=450

# --triplet: it asks the compiler's macros for it, and ours name no ISA.
build() {
    ./configure --cc="$CC" --ar="$AR" --triplet=x86_64-linux-gnu \
        --extra-cflags=-O2 --extra-ldflags=-static
    make tcc
}

work() {
    local made=$build/corpora/tcc/native file
    for file in "$corpora"/../../bench/programs/{fannkuch,matmul,nbody,sort,trees,words}.c \
        "$made"/{libtcc,tccpp,tccelf,tccasm,tccrun,x86_64-gen,x86_64-link,i386-asm}.c; do
        run tcc -B"$made" -I"$made/include" -I"$made" -DONE_SOURCE=0 \
            -DTCC_TARGET_X86_64 -c "$file" -o "$(basename "$file" .c).o"
    done
}
