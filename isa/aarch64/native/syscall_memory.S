/* System calls about memory, AArch64: the program has the code for it
 * (runtime/base/call_needs.def). */
    .text
    .globl __popcorn_syscall_memory
    .type __popcorn_syscall_memory, %function
__popcorn_syscall_memory:
    .cfi_startproc
    .reloc ., R_AARCH64_NONE, popcorn_memory_call
    b __popcorn_syscall_plain
    .cfi_endproc
    .size __popcorn_syscall_memory, . - __popcorn_syscall_memory

    .section .note.GNU-stack, "", %progbits
