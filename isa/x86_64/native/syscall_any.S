/* Any system call of neutral code, x86-64: the program has the code for it
 * (runtime/base/call_needs.def). */
    .text
    .globl __popcorn_syscall
    .type __popcorn_syscall, @function
__popcorn_syscall:
    .cfi_startproc
    .reloc ., R_X86_64_NONE, popcorn_memory_call
    .reloc ., R_X86_64_NONE, popcorn_special_call
    jmp __popcorn_syscall_plain
    .cfi_endproc
    .size __popcorn_syscall, . - __popcorn_syscall

    .section .note.GNU-stack, "", @progbits
