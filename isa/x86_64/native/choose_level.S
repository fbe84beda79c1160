/* Which level of a string function this processor runs (string/stub.S).
 *
 * rax: the function's pointer, behind which are its levels.  All other registers
 * are the caller's: its arguments.  Stores the level's address in the pointer and
 * goes on there.  Two threads may do so at once: both store the same. */
	.text
	.globl x86_64_choose_level
	.type x86_64_choose_level, @function
x86_64_choose_level:
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %rax
	call x86_64_string_level
	mov %eax, %ecx
	pop %rax
	mov 8(%rax, %rcx, 8), %rdx
	mov %rdx, (%rax)
	mov %rdx, %rax
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	jmp *%rax
	.size x86_64_choose_level, . - x86_64_choose_level

	.section .note.GNU-stack, "", @progbits
