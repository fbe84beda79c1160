/* Three functions: saved registers and spill slots; a duplicated call site with
 * a value in a register calls do not keep; a frame token, frame pointer. */
#include "tests/unit/runtime/stack/sample.inc"
    .cfi_sections .debug_frame
    .text
    .globl outer, middle, inner
    .type outer, @function
outer:
    .cfi_startproc
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbx, -16
    pushq %r12
    .cfi_adjust_cfa_offset 8
    .cfi_offset %r12, -24
    subq $24, %rsp
    .cfi_adjust_cfa_offset 24
    call middle
outer_return:
    addq $24, %rsp
    .cfi_adjust_cfa_offset -24
    popq %r12
    .cfi_adjust_cfa_offset -8
    popq %rbx
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size outer, . - outer

    .type middle, @function
middle:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    subq $32, %rsp
    call inner
middle_return:
    leave
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size middle, . - middle

    .type inner, @function
inner:
    .cfi_startproc
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    call inner
inner_return:
    call inner
inner_return_2:
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size inner, . - inner

    map_header 3, 1, 4
    map_function outer, 40, 1
    map_function middle, 40, 1
    map_function inner, 8, 2
    .quad 0x123456789abcdef0
    map_record 1, outer, outer_return, 4
    map_value 1, 3, 0   /* rbx */
    map_value 3, 7, 8   /* rsp + 8 */
    map_value 1, 12, 0  /* r12 */
    map_value 4, 0, -3  /* constant */
    map_record_end
    map_record 0x100000002, middle, middle_return, 3
    map_value 3, 6, -8  /* rbp - 8: the token */
    map_value 3, 7, 0
    map_value 5, 0, 0   /* the large constant */
    map_record_end
    map_record 4, inner, inner_return, 1
    map_value 1, 2, 0   /* rcx */
    map_record_end
    map_record 4, inner, inner_return_2, 1
    map_value 3, 7, 0
    map_record_end

    .section .note.GNU-stack, "", @progbits
