/* System call of neutral code, AArch64: at home a jump, away a context.
 *
 * A call site that may migrate, so when the call is to be made elsewhere the
 * handler gets the whole state at this return. popcorn_syscall_framed: that, at
 * home too.
 */
#include "isa/context_offsets.h"
#include "runtime/base/layout.h"

    .text
    .globl __popcorn_syscall_plain
    .type __popcorn_syscall_plain, %function
__popcorn_syscall_plain:
    .cfi_startproc
    movz x9, #(POPCORN_NODE_PAGE >> 16), lsl #16
    ldr w9, [x9, #4] /* node_page.away */
    cbnz w9, 1f
    b popcorn_syscall_local
    .globl popcorn_syscall_framed
popcorn_syscall_framed:
1:  sub sp, sp, #(CONTEXT_BYTES + 48) /* context, args[6] */
    .cfi_adjust_cfa_offset CONTEXT_BYTES + 48
    stp x1, x2, [sp, #CONTEXT_BYTES]
    stp x3, x4, [sp, #(CONTEXT_BYTES + 16)]
    stp x5, x6, [sp, #(CONTEXT_BYTES + 32)]
    /* Only callee-saved registers mean anything at this return. */
    mov x9, sp
    add x10, sp, #CONTEXT_BYTES
2:  stp xzr, xzr, [x9], #16
    cmp x9, x10
    b.ne 2b
    stp x18, x19, [sp, #144]
    stp x20, x21, [sp, #160]
    stp x22, x23, [sp, #176]
    stp x24, x25, [sp, #192]
    stp x26, x27, [sp, #208]
    stp x28, x29, [sp, #224]
    add x9, sp, #(CONTEXT_BYTES + 48)
    stp x30, x9, [sp, #240]
    stp x30, x9, [sp, #CONTEXT_PC]
    .cfi_offset x30, 240 - CONTEXT_BYTES - 48
    mov x1, x0
    add x2, sp, #CONTEXT_BYTES
    mov x0, sp
    bl popcorn_syscall_away
    ldr x30, [sp, #240]
    add sp, sp, #(CONTEXT_BYTES + 48)
    .cfi_adjust_cfa_offset -(CONTEXT_BYTES + 48)
    ret
    .cfi_endproc
    .size __popcorn_syscall_plain, . - __popcorn_syscall_plain

    .section .note.GNU-stack, "", %progbits
