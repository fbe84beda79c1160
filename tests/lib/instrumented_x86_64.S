/* The slow path of a migration point, for tests on the build host: counts the
 * call and destroys every register the preserve_most convention does not keep
 * (r11 and the vector registers), so that a value wrongly left in one is
 * lost. */
        .text
        .globl __popcorn_poll_slow
        .type __popcorn_poll_slow, @function
__popcorn_poll_slow:
        lock incl poll_count(%rip)
        movq $0x5a5a5a5a5a5a5a5a, %r11
        movq %r11, %xmm0
        punpcklqdq %xmm0, %xmm0
        .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movdqa %xmm0, %xmm\n
        .endr
        ret
        .size __popcorn_poll_slow, . - __popcorn_poll_slow
        .section .note.GNU-stack, "", @progbits
