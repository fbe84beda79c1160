/* Threads, AArch64. */
    .text

/* long isa_clone_thread(flags, stack_top, ptid, thread_pointer, ctid, fn, arg)
 * kernel: clone(x0 flags, x1 stack, x2 ptid, x3 tls, x4 ctid), the same order.
 * The child finds fn and arg on its stack. */
    .globl isa_clone_thread
    .type isa_clone_thread, %function
isa_clone_thread:
    stp x5, x6, [x1, #-16]!
    mov x8, #220
    svc #0
    cbz x0, 1f
    ret
1:  mov x29, #0
    mov x30, #0
    ldp x1, x0, [sp], #16
    blr x1
    brk #1
    .size isa_clone_thread, . - isa_clone_thread

/* void isa_unmap_and_exit(base, size): munmap, then exit; no stack between. */
    .globl isa_unmap_and_exit
    .type isa_unmap_and_exit, %function
isa_unmap_and_exit:
    mov x8, #215
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
    brk #1
    .size isa_unmap_and_exit, . - isa_unmap_and_exit

    .section .note.GNU-stack, "", %progbits
