/* Continues a context; switches stacks. x86-64. */
#include "isa/context_offsets.h"

    .text
/* void popcorn_resume(const struct popcorn_context *ctx)
 * The target goes where a call would have left it, below the new stack pointer,
 * so that the last two steps need no register but r11, which no convention
 * keeps across the calls a context can stand at. The old stack pointer stays
 * until then: a signal never lands below ctx itself, which may be anywhere.
 * The word written may be the last one of ctx, its sp: that has been read. */
    .globl popcorn_resume
    .type popcorn_resume, @function
popcorn_resume:
    movq CONTEXT_SP(%rdi), %r11
    movq CONTEXT_PC(%rdi), %rax
    movq %rax, -8(%r11)
    movq 0(%rdi), %rax
    movq 8(%rdi), %rdx
    movq 16(%rdi), %rcx
    movq 24(%rdi), %rbx
    movq 32(%rdi), %rsi
    movq 48(%rdi), %rbp
    movq 64(%rdi), %r8
    movq 72(%rdi), %r9
    movq 80(%rdi), %r10
    movq 96(%rdi), %r12
    movq 104(%rdi), %r13
    movq 112(%rdi), %r14
    movq 120(%rdi), %r15
    movq 40(%rdi), %rdi
    leaq -8(%r11), %rsp
    ret
    .size popcorn_resume, . - popcorn_resume

/* void popcorn_run_on_stack(void *top, void (*fn)(void *), void *arg) */
    .globl popcorn_run_on_stack
    .type popcorn_run_on_stack, @function
popcorn_run_on_stack:
    movq %rdi, %rsp
    xorl %ebp, %ebp
    movq %rdx, %rdi
    call *%rsi
    ud2
    .size popcorn_run_on_stack, . - popcorn_run_on_stack

    .section .note.GNU-stack, "", @progbits
