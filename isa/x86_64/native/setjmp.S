/* setjmp and longjmp, x86-64.
 *
 * Fast part: rbx rbp r12 r13 r14 r15 rsp rip. It is good as long as the thread
 * has not moved since, which the epoch tells; else popcorn_longjmp_slow finds
 * the frame again by its token (runtime/member/move/longjmp.c).
 */
#include "isa/context_offsets.h"
#include "runtime/stack/jmp_buf.h"

#define WORD(n) (8 * (n))

    .text
    .globl setjmp
    .globl _setjmp
    .type setjmp, @function
    .type _setjmp, @function
setjmp:
_setjmp:
    movq %rbx, WORD(0)(%rdi)
    movq %rbp, WORD(1)(%rdi)
    movq %r12, WORD(2)(%rdi)
    movq %r13, WORD(3)(%rdi)
    movq %r14, WORD(4)(%rdi)
    movq %r15, WORD(5)(%rdi)
    leaq 8(%rsp), %rax
    movq %rax, WORD(6)(%rdi)
    movq (%rsp), %rax
    movq %rax, WORD(7)(%rdi)
    movl %fs:__popcorn_epoch@tpoff, %eax
    movq %rax, WORD(JMP_BUF_EPOCH)(%rdi)
    movq $POPCORN_ELF_MACHINE, WORD(JMP_BUF_ELF_MACHINE)(%rdi)
    movq %fs:__popcorn_jump@tpoff, %rax
    movq %rax, WORD(JMP_BUF_TOKEN)(%rdi)
    movq %fs:__popcorn_jump@tpoff + 8, %rax
    movq %rax, WORD(JMP_BUF_SITE)(%rdi)
    movq %fs:__popcorn_data_stack@tpoff, %rax
    movq %rax, WORD(JMP_BUF_DATA_STACK)(%rdi)
    xorl %eax, %eax
    ret
    .size setjmp, . - setjmp
    .size _setjmp, . - _setjmp

/* void __popcorn_longjmp(jmp_buf env, int value): value 0 becomes 1. */
    .globl __popcorn_longjmp
    .type __popcorn_longjmp, @function
__popcorn_longjmp:
    movl %esi, %eax
    testl %eax, %eax
    jnz 1f
    incl %eax
1:  movl %fs:__popcorn_epoch@tpoff, %ecx
    cmpq %rcx, WORD(JMP_BUF_EPOCH)(%rdi)
    jne 2f
    cmpq $POPCORN_ELF_MACHINE, WORD(JMP_BUF_ELF_MACHINE)(%rdi)
    jne 2f
    movq WORD(JMP_BUF_TOKEN)(%rdi), %rcx
    movq %rcx, %fs:__popcorn_jump@tpoff
    movq WORD(JMP_BUF_SITE)(%rdi), %rcx
    movq %rcx, %fs:__popcorn_jump@tpoff + 8
    movq WORD(JMP_BUF_DATA_STACK)(%rdi), %rcx
    movq %rcx, %fs:__popcorn_data_stack@tpoff
    movq WORD(0)(%rdi), %rbx
    movq WORD(1)(%rdi), %rbp
    movq WORD(2)(%rdi), %r12
    movq WORD(3)(%rdi), %r13
    movq WORD(4)(%rdi), %r14
    movq WORD(5)(%rdi), %r15
    movq WORD(6)(%rdi), %rsp
    jmpq *WORD(7)(%rdi)

/* The walk starts at the caller of longjmp: its context, as for a poll. */
2:  subq $(CONTEXT_BYTES + 8), %rsp
    movq %rbx, 24(%rsp)
    movq %rbp, 48(%rsp)
    movq %r12, 96(%rsp)
    movq %r13, 104(%rsp)
    movq %r14, 112(%rsp)
    movq %r15, 120(%rsp)
    movq (CONTEXT_BYTES + 8)(%rsp), %rcx
    movq %rcx, CONTEXT_PC(%rsp)
    leaq (CONTEXT_BYTES + 16)(%rsp), %rcx
    movq %rcx, CONTEXT_SP(%rsp)
    movq %rcx, 56(%rsp)
    movl %eax, %edx
    movq %rdi, %rsi
    movq %rsp, %rdi
    call popcorn_longjmp_slow
    ud2
    .size __popcorn_longjmp, . - __popcorn_longjmp

    .section .note.GNU-stack, "", @progbits
