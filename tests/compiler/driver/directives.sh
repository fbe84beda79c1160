#!/usr/bin/env bash
# File-scope assembly that is only directives, and spin hints.
#   directives.sh BUILD [-flto]
. "$(dirname "$0")/checks.sh"

cat >main.c <<'C'
#include <stdio.h>
__asm__(".ident \"ours; # 1\"\n\t.section .note.GNU-stack,\"\",%progbits");
__asm__(".pushsection .comment; .popsection // nothing");
__asm__(".globl exported");
__attribute__((used)) static int exported(void) { return 5; }
__asm__(".weak maybe, weakened");
extern int maybe(void);
int weakened(void) { return 1; }
int (*volatile maybe_address)(void) = maybe;
__attribute__((used)) static int impl_2(int x) { return x + 2; }
__asm__(".symver impl_2,impl@@V2");
__attribute__((used)) static int old(int x) { return x; }
__asm__(".symver old,impl@V1");
__asm__(".set second, impl_2\n.globl second");
__asm__("third = impl_2");
int second(int), third(int), impl(int), all(int);
volatile int waiting;
int main(void)
{
    while (waiting) {
        __asm__ volatile("rep; nop" ::: "memory");
    }
    __asm__ volatile("pause");
    waiting = 0;
    __asm__ volatile("yield" ::: "memory");
    __asm__("nop\n\tnop");
    printf("%d %d %d %d %d %d %d\n", maybe_address == NULL, exported(),
           second(1), impl(3), third(4), weakened(), all(1));
    return 0;
}
C
cat >other.c <<'C'
int exported(void), impl(int), second(int);
int weakened(void) { return 2; }
int all(int x) { return exported() + impl(x) + second(x); }
C
good "directives" "$cc" -O2 main.c other.c -o main
[ "$(./main)" = "1 5 3 5 6 2 11" ] || problem "what directives say: $(./main)"
[ "$("$build/bin/popcorn" run --nodes aarch64,x86_64 --bounce 1 ./main)" = "1 5 3 5 6 2 11" ] ||
    problem "moved"
good "objects" "$cc" -popcorn-save-temps=. -O2 main.c other.c -o main
for line in 'x86_64 pause' 'aarch64 yield'; do
    [ "$(llvm-objdump-19 -d link/"${line% *}".elf --disassemble-symbols=main | grep -cw "${line#* }")" = 3 ] ||
        problem "$line"
done

cat >refused.c <<'C'
int x;

__asm__(".globl x\n.byte 1");
C
bad "data" 'refused.c:3: file-scope assembly ".byte 1"' "$cc" -c refused.c
for text in 'rep' 'rep pause' 'pause; wfe' 'rep; ret'; do
    echo "void f(void) { __asm__ volatile(\"$text\"); }" >refused.c
    bad "$text" "for one ISA only" "$cc" -c refused.c
done
for text in '.set x, y' '.incbin \"f\"' 'f:' '.set x + 1, y' '.weak 1'; do
    echo "int x, *p = &x; __asm__(\"$text\");" >refused.c
    bad "$text" "for one ISA only" "$cc" -c refused.c
done

[ "$failed" = 0 ] && echo "directives: ok"
exit "$failed"
