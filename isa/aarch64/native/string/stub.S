/* One function of libc that is native code: its name has the same address on every
 * ISA, and what is there is this jump (docs/libc.md).
 *
 * Compiled once for each row of libc-musl-patched/native/string/functions.def, with
 * STRING_NAME the name, STRING_WEAK a second name that a program may take for
 * itself, STRING_CODE the function whose code it is. */
#define PASTE(a, b, c) a##b##c
#define CODE(name, level) PASTE(aarch64_, name, level)

	.text
	.globl STRING_NAME
	.type STRING_NAME, @function
	.p2align 4
STRING_NAME:
	b CODE(STRING_CODE, _v8)
	.size STRING_NAME, . - STRING_NAME
#ifdef STRING_WEAK
	.weak STRING_WEAK
	.set STRING_WEAK, STRING_NAME
#endif

	.section .note.GNU-stack, "", @progbits
