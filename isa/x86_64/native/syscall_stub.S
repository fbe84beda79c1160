/* System call of neutral code, x86-64: at home a jump, away a context.
 *
 * A call site that may migrate, so when the call is to be made elsewhere the
 * handler gets the whole state at this return. popcorn_syscall_framed: that, at
 * home too.
 */
#include "isa/context_offsets.h"
#include "runtime/base/layout.h"

    .text
    .globl __popcorn_syscall_plain
    .type __popcorn_syscall_plain, @function
__popcorn_syscall_plain:
    .cfi_startproc
    cmpl $0, (POPCORN_NODE_PAGE + 4) /* node_page.away */
    jne 1f
    jmp popcorn_syscall_local
    .globl popcorn_syscall_framed
popcorn_syscall_framed:
1:  subq $(CONTEXT_BYTES + 56), %rsp /* context, args[6], alignment */
    .cfi_adjust_cfa_offset CONTEXT_BYTES + 56
    movq %rsi, (CONTEXT_BYTES + 0)(%rsp)
    movq %rdx, (CONTEXT_BYTES + 8)(%rsp)
    movq %rcx, (CONTEXT_BYTES + 16)(%rsp)
    movq %r8, (CONTEXT_BYTES + 24)(%rsp)
    movq %r9, (CONTEXT_BYTES + 32)(%rsp)
    movq (CONTEXT_BYTES + 64)(%rsp), %rax
    movq %rax, (CONTEXT_BYTES + 40)(%rsp)
    /* Only callee-saved registers mean anything at this return. */
    xorl %eax, %eax
    movl $(CONTEXT_BYTES / 8 - 1), %ecx
2:  movq %rax, (%rsp, %rcx, 8)
    decl %ecx
    jns 2b
    movq %rbx, 24(%rsp)
    movq %rbp, 48(%rsp)
    movq %r12, 96(%rsp)
    movq %r13, 104(%rsp)
    movq %r14, 112(%rsp)
    movq %r15, 120(%rsp)
    movq (CONTEXT_BYTES + 56)(%rsp), %rax
    movq %rax, CONTEXT_PC(%rsp)
    leaq (CONTEXT_BYTES + 64)(%rsp), %rax
    movq %rax, CONTEXT_SP(%rsp)
    movq %rax, 56(%rsp)
    movq %rdi, %rsi
    leaq CONTEXT_BYTES(%rsp), %rdx
    movq %rsp, %rdi
    call popcorn_syscall_away
    addq $(CONTEXT_BYTES + 56), %rsp
    .cfi_adjust_cfa_offset -(CONTEXT_BYTES + 56)
    ret
    .cfi_endproc
    .size __popcorn_syscall_plain, . - __popcorn_syscall_plain

    .section .note.GNU-stack, "", @progbits
