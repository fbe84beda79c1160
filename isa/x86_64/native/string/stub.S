/* One function of libc that is native code: its name has the same address on every
 * ISA, and what is there is this jump (docs/libc.md).
 *
 * Compiled once for each row of libc-musl-patched/native/string/functions.def, with
 * STRING_NAME the name, STRING_WEAK a second name that a program may take for
 * itself, STRING_CODE the function whose code it is.
 *
 * Where the jump goes is this process's own: to begin with, and until the function
 * is called for the first time, to x86_64_choose_level. */
#define PASTE(a, b, c) a##b##c
#define CODE(name, level) PASTE(x86_64_, name, level)
#define HAS_V4(name) PASTE(HAS_V4_, name, )
/* Of the others, level v3 is the highest that is faster than the one below. */
#define HAS_V4_memmove 1
#define HAS_V4_mempcpy 1
#define HAS_V4_memset 1
#define HAS_V4_wmemmove 1

	.text
	.globl STRING_NAME
	.type STRING_NAME, @function
	.p2align 4
STRING_NAME:
	jmp *code(%rip)
	.size STRING_NAME, . - STRING_NAME
#ifdef STRING_WEAK
	.weak STRING_WEAK
	.set STRING_WEAK, STRING_NAME
#endif

/* No symbol of a type here or below: they are no part of the shared layout. */
	.section .data.code, "aw", @progbits
	.p2align 3
code:
	.quad choose
	.quad CODE(STRING_CODE, _v2)
	.quad CODE(STRING_CODE, _v3)
#if HAS_V4(STRING_CODE)
	.quad CODE(STRING_CODE, _v4)
#else
	.quad CODE(STRING_CODE, _v3)
#endif

	.section .text.choose, "ax", @progbits
choose:
	lea code(%rip), %rax
	jmp x86_64_choose_level

	.section .note.GNU-stack, "", @progbits
