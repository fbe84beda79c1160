/* A minimal native part for the linker tests: start, TLS block, constructors,
 * write. Thread pointer as in docs/libc.md. */
    .globl _start, sys_write
    .section .text._start,"ax",@progbits
_start: ldr x0,=__popcorn_tls_start
 ldr x1,=tlsarea
 ldr x2,=__popcorn_tls_file_size
 cbz x2, 2f
1: ldrb w3,[x0],#1
 strb w3,[x1],#1
 subs x2,x2,#1
 b.ne 1b
2: ldr x1,=tlsarea
 sub x1,x1,#64
 msr tpidr_el0,x1
 ldr x19,=__init_array_start
 ldr x20,=__init_array_end
3: cmp x19,x20
 b.hs 4f
 ldr x1,[x19],#8
 blr x1
 b 3b
4: mov w0,#3
 bl main_neutral
 mov x8,#94
 svc #0
    .section .text.sys_write,"ax",@progbits
sys_write: mov x8,#64
 svc #0
 ret
    .section .bss.tlsarea,"aw",@nobits
    .zero 64
    .balign 64
tlsarea: .zero 4096

    .section .text.native_answer,"ax",@progbits
    .globl native_answer
    .type native_answer,@function
native_answer: stp x29,x30,[sp,#-16]!
 bl neutral_answer
 add w0,w0,#1
 ldp x29,x30,[sp],#16
 ret
