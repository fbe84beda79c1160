/* System calls about memory, x86-64: the program has the code for it
 * (runtime/base/call_needs.def). */
    .text
    .globl __popcorn_syscall_memory
    .type __popcorn_syscall_memory, @function
__popcorn_syscall_memory:
    .cfi_startproc
    .reloc ., R_X86_64_NONE, popcorn_memory_call
    jmp __popcorn_syscall_plain
    .cfi_endproc
    .size __popcorn_syscall_memory, . - __popcorn_syscall_memory

    .section .note.GNU-stack, "", @progbits
