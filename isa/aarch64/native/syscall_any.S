/* Any system call of neutral code, AArch64: the program has the code for it
 * (runtime/base/call_needs.def). */
    .text
    .globl __popcorn_syscall
    .type __popcorn_syscall, %function
__popcorn_syscall:
    .cfi_startproc
    .reloc ., R_AARCH64_NONE, popcorn_memory_call
    .reloc ., R_AARCH64_NONE, popcorn_special_call
    b __popcorn_syscall_plain
    .cfi_endproc
    .size __popcorn_syscall, . - __popcorn_syscall

    .section .note.GNU-stack, "", %progbits
