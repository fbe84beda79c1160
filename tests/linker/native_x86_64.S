/* A minimal native part for the linker tests: start, TLS block, constructors,
 * write. Thread pointer as in docs/libc.md. */
    .globl _start, sys_write
    .section .text._start,"ax",@progbits
    .type _start,@function
_start: xor %ebp,%ebp
 mov $__popcorn_tls_start, %rsi
 mov $tlsarea, %rdi
 mov $__popcorn_tls_file_size, %ecx
 rep movsb
 mov $tlsarea, %rsi
 add $__popcorn_tls_size, %rsi
 mov %rsi,(%rsi)
 mov $0x1002,%edi
 mov $158,%eax
 syscall
 mov $__init_array_start, %rbx
1: cmp $__init_array_end, %rbx
 jae 2f
 call *(%rbx)
 add $8,%rbx
 jmp 1b
2: mov $3,%edi
 call main_neutral
 mov %eax,%edi
 mov $231,%eax
 syscall
    .section .text.sys_write,"ax",@progbits
sys_write: mov $1,%eax
 syscall
 ret
    .section .bss.tlsarea,"aw",@nobits
    .balign 64
tlsarea: .zero 4096

    .section .text.native_answer,"ax",@progbits
    .globl native_answer
    .type native_answer,@function
native_answer: push %rbx
 call neutral_answer
 inc %eax
 pop %rbx
 ret
