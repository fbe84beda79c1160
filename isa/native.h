/* Native stubs: what each isa/<isa>/native/ implements, in assembly or C
 * compiled for that ISA only.  Linked into the ISA-private range of the image.
 * Callers: runtime/ (native C in the same image) and neutral code (marked N).
 */
#ifndef POPCORN_ISA_NATIVE_H
#define POPCORN_ISA_NATIVE_H

#include "isa/isa.h"

/* N. Slow path of a migration point. preserve_most calling convention: keeps
 * every general register the convention names.  Saves a context, calls
 * popcorn_poll_handler(ctx), reloads it, returns. Not a C function. */
void __popcorn_poll_slow(void);

/* N. System call in the neutral kernel ABI (asm-generic numbers, structures).
 * Home: popcorn_syscall_local(n, a...). Away (node page): saves a context and
 * calls popcorn_syscall_away(ctx, n, args), whose result is returned. From
 * POPCORN_CALL_FRAMED on __popcorn_syscall does so at home too.
 * _plain, _memory: call n is not in runtime/base/call_needs.def, or is a MEMORY
 * row there; a program that calls these alone has no code for other rows. */
long __popcorn_syscall(long n, long a, long b, long c, long d, long e, long f);
long __popcorn_syscall_memory(long n, long a, long b, long c, long d, long e,
                              long f);
long __popcorn_syscall_plain(long n, long a, long b, long c, long d, long e,
                             long f);

/* Loads `ctx` and continues at ctx->pc with ctx->sp. Does not return. Runs on
 * any stack; `ctx` may lie below ctx->sp. */
_Noreturn void popcorn_resume(const struct popcorn_context *ctx);

/* Runs fn(arg) on the stack whose top (16-byte aligned) is given. No return. */
_Noreturn void popcorn_run_on_stack(void *top, void (*fn)(void *), void *arg);

/* Raw system call of this kernel, no translation, -errno on error. */
long isa_raw_syscall(long n, long a, long b, long c, long d, long e, long f);

/* System call in the neutral ABI executed on this node's kernel: numbers,
 * flags and structures are translated where they differ. -errno on error. */
long isa_syscall(long n, long a, long b, long c, long d, long e, long f);

/* Thread pointer from/to the neutral TLS block address: the start of the copy of
 * the TLS image (docs/libc.md, "Thread-local storage"). */
void isa_set_thread_pointer(void *tls_block);
void *isa_get_thread_pointer(void);

/* Floating-point environment in neutral form: rounding mode 0..3 as
 * FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO of the neutral <fenv.h>;
 * exception flags as its FE_* bits. */
uint32_t isa_get_fpenv(void); /* mode << 16 | flags */
void isa_set_fpenv(uint32_t fpenv);

/* N. Tells the processor that the thread waits in a loop. */
void isa_pause(void);

/* The ISA this image runs on. */
extern const struct isa *const popcorn_this_isa;

#endif
