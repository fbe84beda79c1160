/* The functions of sample_x86_64.S as AArch64 might have them. */
#include "tests/unit/runtime/stack/sample.inc"
    .cfi_sections .debug_frame
    .text
    .globl outer, middle, inner
    .type outer, %function
outer:
    .cfi_startproc
    stp x30, x20, [sp, #-32]!
    .cfi_def_cfa_offset 32
    .cfi_offset x30, -32
    .cfi_offset x20, -24
    str x19, [sp, #16]
    .cfi_offset x19, -16
    bl middle
outer_return:
    ldr x19, [sp, #16]
    ldp x30, x20, [sp], #32
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size outer, . - outer

    .type middle, %function
middle:
    .cfi_startproc
    stp x29, x30, [sp, #-48]!
    .cfi_def_cfa_offset 48
    .cfi_offset x29, -48
    .cfi_offset x30, -40
    mov x29, sp
    .cfi_def_cfa x29, 48
    bl inner
middle_return:
    ldp x29, x30, [sp], #48
    .cfi_def_cfa sp, 0
    ret
    .cfi_endproc
    .size middle, . - middle

    .type inner, %function
inner:
    .cfi_startproc
    str x30, [sp, #-16]!
    .cfi_def_cfa_offset 16
    .cfi_offset x30, -16
    bl inner
inner_return:
    bl inner
inner_return_2:
    ldr x30, [sp], #16
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size inner, . - inner

    map_header 3, 1, 4
    map_function outer, 32, 1
    map_function middle, 48, 1
    map_function inner, 16, 2
    .quad 0x123456789abcdef0
    map_record 1, outer, outer_return, 4
    map_value 1, 19, 0
    map_value 3, 31, 24
    map_value 1, 20, 0
    map_value 4, 0, -3
    map_record_end
    map_record 0x100000002, middle, middle_return, 3
    map_value 3, 29, 16
    map_value 3, 31, 32
    map_value 5, 0, 0
    map_record_end
    map_record 4, inner, inner_return, 1
    map_value 1, 9, 0
    map_record_end
    map_record 4, inner, inner_return_2, 1
    map_value 3, 31, 8
    map_record_end

    .section .note.GNU-stack, "", %progbits
