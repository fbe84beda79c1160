/* Continues a context; switches stacks. AArch64. */
#include "isa/context_offsets.h"

    .text
/* void popcorn_resume(const struct popcorn_context *ctx)
 * x16 and x17 carry the stack pointer and the target: the linker may use them
 * at any call, so no convention keeps them and nothing is lost. ctx is not read
 * once the stack pointer is set: a signal could then overwrite it. */
    .globl popcorn_resume
    .type popcorn_resume, %function
popcorn_resume:
    mov x17, x0
    ldp x0, x1, [x17, #0]
    ldp x2, x3, [x17, #16]
    ldp x4, x5, [x17, #32]
    ldp x6, x7, [x17, #48]
    ldp x8, x9, [x17, #64]
    ldp x10, x11, [x17, #80]
    ldp x12, x13, [x17, #96]
    ldp x14, x15, [x17, #112]
    ldp x18, x19, [x17, #144]
    ldp x20, x21, [x17, #160]
    ldp x22, x23, [x17, #176]
    ldp x24, x25, [x17, #192]
    ldp x26, x27, [x17, #208]
    ldp x28, x29, [x17, #224]
    ldr x30, [x17, #240]
    ldr x16, [x17, #CONTEXT_SP]
    ldr x17, [x17, #CONTEXT_PC]
    mov sp, x16
    br x17
    .size popcorn_resume, . - popcorn_resume

/* void popcorn_run_on_stack(void *top, void (*fn)(void *), void *arg) */
    .globl popcorn_run_on_stack
    .type popcorn_run_on_stack, %function
popcorn_run_on_stack:
    mov sp, x0
    mov x29, #0
    mov x30, #0
    mov x0, x2
    blr x1
    brk #1
    .size popcorn_run_on_stack, . - popcorn_run_on_stack

    .section .note.GNU-stack, "", %progbits
