/* Program entry, AArch64: the kernel's stack (argc, argv, ...) becomes
 * popcorn_start's argument; the frame-pointer chain ends here. */
    .text
    .globl _start
    .type _start, %function
_start:
    mov x29, #0
    mov x30, #0
    mov x0, sp
    and sp, x0, #-16
    bl popcorn_start
    brk #1
    .size _start, . - _start

    .section .note.GNU-stack, "", %progbits
