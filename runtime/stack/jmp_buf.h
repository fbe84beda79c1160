/* jmp_buf: unsigned long[32] on every ISA. Words 0..23 are the fast part of the
 * ISA the setjmp ran on, the rest is neutral. Only #define lines: assembly
 * includes it too. docs/frame-maps.md, "setjmp and longjmp".
 */
#ifndef POPCORN_STACK_JMP_BUF_H
#define POPCORN_STACK_JMP_BUF_H

#define JMP_BUF_WORDS 32
#define JMP_BUF_EPOCH 24       /* __popcorn_epoch at setjmp */
#define JMP_BUF_ELF_MACHINE 25 /* ISA of the fast part */
#define JMP_BUF_TOKEN 26       /* __popcorn_jump at setjmp */
#define JMP_BUF_SITE 27
#define JMP_BUF_DATA_STACK 28 /* __popcorn_data_stack at setjmp */

#endif
