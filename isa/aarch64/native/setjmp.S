/* setjmp and longjmp, AArch64.
 *
 * Fast part: x19-x30, sp, d8-d15. It is good as long as the thread has not
 * moved since, which the epoch tells; else popcorn_longjmp_slow finds the
 * frame again by its token (runtime/member/move/longjmp.c).
 */
#include "isa/context_offsets.h"
#include "runtime/stack/jmp_buf.h"

#define WORD(n) #(8 * (n))

    .text
/* x9 = address of a thread-local variable (local-exec). */
    .macro thread_local symbol
    mrs x9, tpidr_el0
    add x9, x9, #:tprel_hi12:\symbol, lsl #12
    add x9, x9, #:tprel_lo12_nc:\symbol
    .endm

/* w10 = __popcorn_epoch; x9 is lost */
    .macro load_epoch
    thread_local __popcorn_epoch
    ldr w10, [x9]
    .endm

    .globl setjmp
    .globl _setjmp
    .type setjmp, %function
    .type _setjmp, %function
setjmp:
_setjmp:
    stp x19, x20, [x0, WORD(0)]
    stp x21, x22, [x0, WORD(2)]
    stp x23, x24, [x0, WORD(4)]
    stp x25, x26, [x0, WORD(6)]
    stp x27, x28, [x0, WORD(8)]
    stp x29, x30, [x0, WORD(10)]
    mov x9, sp
    str x9, [x0, WORD(12)]
    stp d8, d9, [x0, WORD(13)]
    stp d10, d11, [x0, WORD(15)]
    stp d12, d13, [x0, WORD(17)]
    stp d14, d15, [x0, WORD(19)]
    load_epoch
    mov x11, #POPCORN_ELF_MACHINE
    stp x10, x11, [x0, WORD(JMP_BUF_EPOCH)]
    thread_local __popcorn_jump
    ldp x10, x11, [x9]
    stp x10, x11, [x0, WORD(JMP_BUF_TOKEN)]
    thread_local __popcorn_data_stack
    ldr x10, [x9]
    str x10, [x0, WORD(JMP_BUF_DATA_STACK)]
    mov w0, #0
    ret
    .size setjmp, . - setjmp
    .size _setjmp, . - _setjmp

/* void __popcorn_longjmp(jmp_buf env, int value): value 0 becomes 1. */
    .globl __popcorn_longjmp
    .type __popcorn_longjmp, %function
__popcorn_longjmp:
    cmp w1, #0
    csinc w1, w1, wzr, ne
    load_epoch
    ldp x11, x12, [x0, WORD(JMP_BUF_EPOCH)]
    cmp x10, x11
    b.ne 2f
    cmp x12, #POPCORN_ELF_MACHINE
    b.ne 2f
    thread_local __popcorn_jump
    ldp x10, x11, [x0, WORD(JMP_BUF_TOKEN)]
    stp x10, x11, [x9]
    thread_local __popcorn_data_stack
    ldr x10, [x0, WORD(JMP_BUF_DATA_STACK)]
    str x10, [x9]
    ldp x19, x20, [x0, WORD(0)]
    ldp x21, x22, [x0, WORD(2)]
    ldp x23, x24, [x0, WORD(4)]
    ldp x25, x26, [x0, WORD(6)]
    ldp x27, x28, [x0, WORD(8)]
    ldp x29, x30, [x0, WORD(10)]
    ldr x9, [x0, WORD(12)]
    ldp d8, d9, [x0, WORD(13)]
    ldp d10, d11, [x0, WORD(15)]
    ldp d12, d13, [x0, WORD(17)]
    ldp d14, d15, [x0, WORD(19)]
    mov sp, x9
    mov w0, w1
    ret

/* The walk starts at the caller of longjmp: its context, as for a poll. */
2:  sub sp, sp, #CONTEXT_BYTES
    stp x18, x19, [sp, #144]
    stp x20, x21, [sp, #160]
    stp x22, x23, [sp, #176]
    stp x24, x25, [sp, #192]
    stp x26, x27, [sp, #208]
    stp x28, x29, [sp, #224]
    add x9, sp, #CONTEXT_BYTES
    stp x30, x9, [sp, #240]
    stp x30, x9, [sp, #CONTEXT_PC]
    mov w2, w1
    mov x1, x0
    mov x0, sp
    bl popcorn_longjmp_slow
    brk #1
    .size __popcorn_longjmp, . - __popcorn_longjmp

    .section .note.GNU-stack, "", %progbits
