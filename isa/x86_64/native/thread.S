/* Threads and signal return, x86-64. */
    .text

/* long isa_clone_thread(flags, stack_top, ptid, thread_pointer, ctid, fn, arg)
 * kernel: clone(rdi flags, rsi stack, rdx ptid, r10 ctid, r8 tls).  The child
 * finds fn and arg on its stack. */
    .globl isa_clone_thread
    .type isa_clone_thread, @function
isa_clone_thread:
    movq 8(%rsp), %rax
    movq %rax, -8(%rsi)
    movq %r9, -16(%rsi)
    subq $16, %rsi
    movq %r8, %r10
    movq %rcx, %r8
    movl $56, %eax
    syscall
    testq %rax, %rax
    jz 1f
    ret
1:  xorl %ebp, %ebp
    popq %rax
    popq %rdi
    call *%rax
    ud2
    .size isa_clone_thread, . - isa_clone_thread

/* void isa_unmap_and_exit(base, size): munmap, then exit; no stack between. */
    .globl isa_unmap_and_exit
    .type isa_unmap_and_exit, @function
isa_unmap_and_exit:
    movl $11, %eax
    syscall
    xorl %edi, %edi
    movl $60, %eax
    syscall
    ud2
    .size isa_unmap_and_exit, . - isa_unmap_and_exit

/* Where a signal handler returns to: rt_sigreturn. Debuggers recognise these
 * two instructions. */
    .globl popcorn_x86_64_signal_return
    .type popcorn_x86_64_signal_return, @function
popcorn_x86_64_signal_return:
    movq $15, %rax
    syscall
    .size popcorn_x86_64_signal_return, . - popcorn_x86_64_signal_return

    .section .note.GNU-stack, "", @progbits
