/* Any system call of neutral code, AArch64: the program has the code for it
 * (runtime/base/call_needs.def), and for calls that get their caller's state. */
#include "runtime/base/private_calls.h"

    .text
    .globl __popcorn_syscall
    .type __popcorn_syscall, %function
__popcorn_syscall:
    .cfi_startproc
    .reloc ., R_AARCH64_NONE, popcorn_memory_call
    .reloc ., R_AARCH64_NONE, popcorn_special_call
    .reloc ., R_AARCH64_NONE, popcorn_framed_call
    cmp x0, #POPCORN_CALL_FRAMED
    b.hs popcorn_syscall_framed
    b __popcorn_syscall_plain
    .cfi_endproc
    .size __popcorn_syscall, . - __popcorn_syscall

    .section .note.GNU-stack, "", %progbits
