/* Any system call of neutral code, x86-64: the program has the code for it
 * (runtime/base/call_needs.def), and for calls that get their caller's state. */
#include "runtime/base/private_calls.h"

    .text
    .globl __popcorn_syscall
    .type __popcorn_syscall, @function
__popcorn_syscall:
    .cfi_startproc
    .reloc ., R_X86_64_NONE, popcorn_memory_call
    .reloc ., R_X86_64_NONE, popcorn_special_call
    .reloc ., R_X86_64_NONE, popcorn_framed_call
    cmpq $POPCORN_CALL_FRAMED, %rdi
    jae popcorn_syscall_framed
    jmp __popcorn_syscall_plain
    .cfi_endproc
    .size __popcorn_syscall, . - __popcorn_syscall

    .section .note.GNU-stack, "", @progbits
