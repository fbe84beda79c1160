/* The kernel's door, AArch64: number in x8, arguments in x0-x5, result in x0. */
    .text

/* long isa_raw_syscall(long n, long a, b, c, d, e, f) */
    .globl isa_raw_syscall
    .type isa_raw_syscall, %function
isa_raw_syscall:
    mov x8, x0
    mov x0, x1
    mov x1, x2
    mov x2, x3
    mov x3, x4
    mov x4, x5
    mov x5, x6
    svc #0
    ret
    .size isa_raw_syscall, . - isa_raw_syscall

/* long isa_cancellable_syscall(const volatile int *cancel, long n, a ... f)
 * Every instruction from the check to the system call, inclusive, is in
 * [window, window_end): a call interrupted with restart is there again. */
    .globl isa_cancellable_syscall
    .type isa_cancellable_syscall, %function
isa_cancellable_syscall:
    mov x9, x0
    mov x8, x1
    mov x0, x2
    mov x1, x3
    mov x2, x4
    mov x3, x5
    mov x4, x6
    mov x5, x7
.Lwindow:
    ldr w10, [x9]
    cbnz w10, .Lcancelled
    svc #0
.Lwindow_end:
    ret
.Lcancelled:
    mov x0, #-512 // ISA_NOT_ENTERED
    ret
    .size isa_cancellable_syscall, . - isa_cancellable_syscall

/* int isa_cancellable_pc(uint64_t pc) */
    .globl isa_cancellable_pc
    .type isa_cancellable_pc, %function
isa_cancellable_pc:
    adr x1, .Lwindow
    sub x0, x0, x1
    cmp x0, #(.Lwindow_end - .Lwindow)
    cset w0, lo
    ret
    .size isa_cancellable_pc, . - isa_cancellable_pc

/* uint64_t isa_cancel_pc(void) */
    .globl isa_cancel_pc
    .type isa_cancel_pc, %function
isa_cancel_pc:
    adr x0, .Lcancelled
    ret
    .size isa_cancel_pc, . - isa_cancel_pc

    .section .note.GNU-stack, "", %progbits
