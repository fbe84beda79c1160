/* Slow path of a migration point, AArch64.
 *
 * The caller uses the preserve_most convention: x9-x15 survive beside what any
 * call keeps, so values may be in any general register. All go into a context,
 * and come back from it; v8-v15 are kept by the handler itself, as AAPCS64
 * says. Source: LLVM language reference, "preserve_mostcc"; AAPCS64 6.1.
 */
#include "isa/context_offsets.h"

    .text
    .globl __popcorn_poll_slow
    .type __popcorn_poll_slow, %function
__popcorn_poll_slow:
    .cfi_startproc
    sub sp, sp, #CONTEXT_BYTES
    .cfi_adjust_cfa_offset CONTEXT_BYTES
    stp x0, x1, [sp, #0]
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x19, [sp, #144]
    stp x20, x21, [sp, #160]
    stp x22, x23, [sp, #176]
    stp x24, x25, [sp, #192]
    stp x26, x27, [sp, #208]
    stp x28, x29, [sp, #224]
    add x0, sp, #CONTEXT_BYTES
    stp x30, x0, [sp, #240]
    stp x30, x0, [sp, #CONTEXT_PC]
    .cfi_offset x30, 240 - CONTEXT_BYTES
    mov x0, sp
    bl popcorn_poll_handler
    ldp x0, x1, [sp, #0]
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x9, [sp, #64]
    ldp x10, x11, [sp, #80]
    ldp x12, x13, [sp, #96]
    ldp x14, x15, [sp, #112]
    ldp x16, x17, [sp, #128]
    ldp x18, x19, [sp, #144]
    ldp x20, x21, [sp, #160]
    ldp x22, x23, [sp, #176]
    ldp x24, x25, [sp, #192]
    ldp x26, x27, [sp, #208]
    ldp x28, x29, [sp, #224]
    ldr x30, [sp, #240]
    add sp, sp, #CONTEXT_BYTES
    .cfi_adjust_cfa_offset -CONTEXT_BYTES
    ret
    .cfi_endproc
    .size __popcorn_poll_slow, . - __popcorn_poll_slow

    .section .note.GNU-stack, "", %progbits
