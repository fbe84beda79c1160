/* Slow path of a migration point, x86-64.
 *
 * The caller uses the preserve_most convention: every general register but r11
 * survives, so values may be in any of them. All go into a context, and come
 * back from it. Vector registers are the caller's to save under preserve_most
 * on x86-64. Source: LLVM language reference, "preserve_mostcc".
 */
#include "isa/context_offsets.h"

    .text
    .globl __popcorn_poll_slow
    .type __popcorn_poll_slow, @function
__popcorn_poll_slow:
    .cfi_startproc
    subq $(CONTEXT_BYTES + 8), %rsp /* + 8: keeps the stack 16-byte aligned */
    .cfi_adjust_cfa_offset CONTEXT_BYTES + 8
    movq %rax, 0(%rsp)
    movq %rdx, 8(%rsp)
    movq %rcx, 16(%rsp)
    movq %rbx, 24(%rsp)
    movq %rsi, 32(%rsp)
    movq %rdi, 40(%rsp)
    movq %rbp, 48(%rsp)
    movq %r8, 64(%rsp)
    movq %r9, 72(%rsp)
    movq %r10, 80(%rsp)
    movq %r11, 88(%rsp)
    movq %r12, 96(%rsp)
    movq %r13, 104(%rsp)
    movq %r14, 112(%rsp)
    movq %r15, 120(%rsp)
    movq (CONTEXT_BYTES + 8)(%rsp), %rax
    movq %rax, CONTEXT_PC(%rsp)
    leaq (CONTEXT_BYTES + 16)(%rsp), %rax
    movq %rax, CONTEXT_SP(%rsp)
    movq %rax, 56(%rsp)
    cld
    movq %rsp, %rdi
    call popcorn_poll_handler
    movq 0(%rsp), %rax
    movq 8(%rsp), %rdx
    movq 16(%rsp), %rcx
    movq 24(%rsp), %rbx
    movq 32(%rsp), %rsi
    movq 40(%rsp), %rdi
    movq 48(%rsp), %rbp
    movq 64(%rsp), %r8
    movq 72(%rsp), %r9
    movq 80(%rsp), %r10
    movq 88(%rsp), %r11
    movq 96(%rsp), %r12
    movq 104(%rsp), %r13
    movq 112(%rsp), %r14
    movq 120(%rsp), %r15
    addq $(CONTEXT_BYTES + 8), %rsp
    .cfi_adjust_cfa_offset -(CONTEXT_BYTES + 8)
    ret
    .cfi_endproc
    .size __popcorn_poll_slow, . - __popcorn_poll_slow

    .section .note.GNU-stack, "", @progbits
