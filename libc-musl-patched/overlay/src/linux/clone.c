/* The program's own clone(): processes only.  A thread that is not
 * pthread_create's has no TLS block, so no data stack: CLONE_VM without
 * CLONE_VFORK is refused with EINVAL. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <unistd.h>
#include <errno.h>
#include <sched.h>
#include "pthread_impl.h"
#include "syscall.h"

int clone(int (*func)(void *), void *stack, int flags, void *arg, ...)
{
	va_list ap;
	va_start(ap, arg);
	pid_t *ptid = va_arg(ap, pid_t *);
	void *tls = va_arg(ap, void *);
	pid_t *ctid = va_arg(ap, pid_t *);
	va_end(ap);
	if ((flags & (CLONE_VM|CLONE_VFORK)) == CLONE_VM)
		return __syscall_ret(-EINVAL);
	return __syscall_ret(__clone(func, stack, flags, arg, ptid, tls, ctid));
}
