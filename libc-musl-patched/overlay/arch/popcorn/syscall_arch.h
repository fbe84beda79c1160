/* System calls of neutral code: external native functions, which may move the
 * thread (docs/architecture.md).  Numbers and structures are asm-generic.  A call
 * whose number is known here brings in the code that it needs, any other all. */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

long __popcorn_syscall(long n, long a, long b, long c, long d, long e, long f);
long __popcorn_syscall_memory(long n, long a, long b, long c, long d, long e,
                              long f);
long __popcorn_syscall_plain(long n, long a, long b, long c, long d, long e,
                             long f);
hidden _Noreturn void __popcorn_end_thread(void *, unsigned long);

__attribute__((always_inline)) static inline long
__popcorn_known_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	if (!__builtin_constant_p(n))
		return __popcorn_syscall(n, a, b, c, d, e, f);
	switch (n) {
#define MEMORY(name) case SYS_##name:
#include "runtime/base/call_needs.def"
		return __popcorn_syscall_memory(n, a, b, c, d, e, f);
#define SPECIAL(name) case SYS_##name:
#include "runtime/base/call_needs.def"
		return __popcorn_syscall(n, a, b, c, d, e, f);
	}
	return __popcorn_syscall_plain(n, a, b, c, d, e, f);
}

static inline long __syscall0(long n)
{
	return __popcorn_known_syscall(n, 0, 0, 0, 0, 0, 0);
}

static inline long __syscall1(long n, long a)
{
	/* Ends a thread together with its control stack; constant-folded. */
	if (n == SYS_exit)
		__popcorn_end_thread(0, 0);
	return __popcorn_known_syscall(n, a, 0, 0, 0, 0, 0);
}

static inline long __syscall2(long n, long a, long b)
{
	return __popcorn_known_syscall(n, a, b, 0, 0, 0, 0);
}

static inline long __syscall3(long n, long a, long b, long c)
{
	return __popcorn_known_syscall(n, a, b, c, 0, 0, 0);
}

static inline long __syscall4(long n, long a, long b, long c, long d)
{
	return __popcorn_known_syscall(n, a, b, c, d, 0, 0);
}

static inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
	return __popcorn_known_syscall(n, a, b, c, d, e, 0);
}

static inline long __syscall6(long n, long a, long b, long c, long d, long e,
                              long f)
{
	return __popcorn_known_syscall(n, a, b, c, d, e, f);
}

#define IPC_64 0
