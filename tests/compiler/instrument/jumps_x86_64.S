/* setjmp and longjmp as the contract says: besides the callee-saved registers
 * they keep __popcorn_jump and the data stack pointer. longjmp destroys
 * everything else. */
        .text
        .globl setjmp
        .type setjmp, @function
setjmp:
        movq %rbx, (%rdi)
        movq %rbp, 8(%rdi)
        movq %r12, 16(%rdi)
        movq %r13, 24(%rdi)
        movq %r14, 32(%rdi)
        movq %r15, 40(%rdi)
        leaq 8(%rsp), %rax
        movq %rax, 48(%rdi)
        movq (%rsp), %rax
        movq %rax, 56(%rdi)
        movq %fs:__popcorn_jump@tpoff, %rax
        movq %rax, 64(%rdi)
        movq %fs:__popcorn_jump@tpoff+8, %rax
        movq %rax, 72(%rdi)
        movq %fs:__popcorn_data_stack@tpoff, %rax
        movq %rax, 80(%rdi)
        xorl %eax, %eax
        ret
        .globl __popcorn_longjmp
        .type __popcorn_longjmp, @function
__popcorn_longjmp:
        movq 64(%rdi), %rax
        movq %rax, %fs:__popcorn_jump@tpoff
        movq 72(%rdi), %rax
        movq %rax, %fs:__popcorn_jump@tpoff+8
        movq 80(%rdi), %rax
        movq %rax, %fs:__popcorn_data_stack@tpoff
        movl %esi, %eax
        movq 48(%rdi), %rsp
        movq 56(%rdi), %rdx
        /* Callee-saved registers hold values of statepoints before setjmp at
         * most: destroy those the frame cannot need back for its caller. */
        movq (%rdi), %rbx
        movq 8(%rdi), %rbp
        movq 16(%rdi), %r12
        movq 24(%rdi), %r13
        movq 32(%rdi), %r14
        movq 40(%rdi), %r15
        movq $0x5a5a5a5a5a5a5a5a, %rcx
        movq %rcx, %rsi
        movq %rcx, %rdi
        movq %rcx, %r8
        movq %rcx, %r9
        movq %rcx, %r10
        movq %rcx, %r11
        jmp *%rdx
        .section .note.GNU-stack, "", @progbits
