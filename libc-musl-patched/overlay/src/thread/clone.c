/* Creation of processes and threads.
 *
 * A child that gets a copy of the memory returns here on a copy of the control
 * stack, like fork's; the stack it was given is not needed.  That includes
 * vfork-like children (CLONE_VM|CLONE_VFORK): sharing memory, they would share
 * this thread's data stack pointer.  A thread gets its own control stack and
 * thread pointer from the runtime, at home, wherever its creator is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include "pthread_impl.h"
#include "popcorn_native.h"

static int clone_process(int (*func)(void *), int flags, void *arg, int *ptid,
	int *ctid)
{
	flags &= ~(CLONE_VM|CLONE_VFORK|CLONE_SETTLS);
	long r = __syscall(SYS_clone, flags, 0, ptid, 0, ctid);
	if (!r) __syscall(SYS_exit_group, func(arg));
	return r;
}

static int clone_thread(int (*func)(void *), void *stack, int flags, void *arg,
	int *ptid, pthread_t td, int *ctid)
{
	struct popcorn_thread_start *start = (void *)
		((uintptr_t)stack - sizeof *start & -16UL);
	start->function = (void (*)(void *))func;
	start->argument = arg;
	start->control_bytes = td->stack_size;
	*(char **)__popcorn_tls_variable(td, &__popcorn_data_stack)
		= (char *)start;
	return __popcorn_syscall(POPCORN_CALL_THREAD_CREATE, (unsigned)flags,
		(long)start, (long)ptid, (long)td + POPCORN_TLS_BEFORE,
		(long)ctid, 0);
}

int __clone(int (*func)(void *), void *stack, int flags, void *arg, ...)
{
	va_list ap;
	va_start(ap, arg);
	int *ptid = va_arg(ap, int *);
	pthread_t td = va_arg(ap, void *);
	int *ctid = va_arg(ap, int *);
	va_end(ap);
	if (!(flags & CLONE_VM) || (flags & CLONE_VFORK))
		return clone_process(func, flags, arg, ptid, ctid);
	if (!(flags & CLONE_SETTLS))
		return -EINVAL;
	return clone_thread(func, stack, flags, arg, ptid, td, ctid);
}

/* Also what SYS_exit becomes in libc: ends the calling thread. */
_Noreturn void __popcorn_end_thread(void *base, unsigned long size)
{
	for (;;) __popcorn_syscall(POPCORN_CALL_THREAD_EXIT, (long)base, size,
		0, 0, 0, 0);
}
