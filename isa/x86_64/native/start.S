/* Program entry, x86-64: the kernel's stack (argc, argv, ...) becomes
 * popcorn_start's argument; the frame-pointer chain ends here. */
    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp
    movq %rsp, %rdi
    andq $-16, %rsp
    call popcorn_start
    ud2
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
