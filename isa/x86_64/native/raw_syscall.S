/* The kernel's door, x86-64: number in rax, arguments in rdi rsi rdx r10 r8 r9,
 * result in rax; rcx and r11 are lost. */
    .text

/* long isa_raw_syscall(long n, long a, b, c, d, e, f) */
    .globl isa_raw_syscall
    .type isa_raw_syscall, @function
isa_raw_syscall:
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    ret
    .size isa_raw_syscall, . - isa_raw_syscall

/* long isa_cancellable_syscall(const volatile int *cancel, long n, a ... f)
 * Every instruction from the check to the system call, inclusive, is in
 * [window, window_end): a call interrupted with restart is there again. */
    .globl isa_cancellable_syscall
    .type isa_cancellable_syscall, @function
isa_cancellable_syscall:
    movq %rsi, %rax
    movq %rdi, %r11
    movq %rdx, %rdi
    movq %rcx, %rsi
    movq %r8, %rdx
    movq %r9, %r10
    movq 8(%rsp), %r8
    movq 16(%rsp), %r9
.Lwindow:
    cmpl $0, (%r11)
    jne .Lcancelled
    syscall
.Lwindow_end:
    ret
.Lcancelled:
    movq $-512, %rax # ISA_NOT_ENTERED
    ret
    .size isa_cancellable_syscall, . - isa_cancellable_syscall

/* int isa_cancellable_pc(uint64_t pc) */
    .globl isa_cancellable_pc
    .type isa_cancellable_pc, @function
isa_cancellable_pc:
    leaq .Lwindow(%rip), %rax
    subq %rax, %rdi
    xorl %eax, %eax
    cmpq $(.Lwindow_end - .Lwindow), %rdi
    setb %al
    ret
    .size isa_cancellable_pc, . - isa_cancellable_pc

/* uint64_t isa_cancel_pc(void) */
    .globl isa_cancel_pc
    .type isa_cancel_pc, @function
isa_cancel_pc:
    leaq .Lcancelled(%rip), %rax
    ret
    .size isa_cancel_pc, . - isa_cancel_pc

    .section .note.GNU-stack, "", @progbits
