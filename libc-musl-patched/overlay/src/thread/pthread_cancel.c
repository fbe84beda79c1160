/* Thread cancellation.
 *
 * musl's handler redirects a thread that is about to block to its own code.
 * Here it may only redirect inside the native system-call stub, which then
 * returns -EINTR as if interrupted, and the check after the call acts on the
 * request (isa/native_libc.h).  Asynchronous cancellation needs no pc: the
 * handler itself exits the thread, from wherever it was.
 *
 * A thread that is away gets its signals at home, when no call is under way
 * there: the handler then leaves SIGCANCEL pending and blocked, and the call,
 * carried out again, returns at once for the flag is set.
 *
 * Only programs that call pthread_cancel link this.
 */
#define _GNU_SOURCE
#include <string.h>
#include "pthread_impl.h"
#include "syscall.h"
#include "popcorn_native.h"

hidden long __cancel(void), __syscall_cp_c();

long __cancel(void)
{
	pthread_t self = __pthread_self();
	if (self->canceldisable == PTHREAD_CANCEL_ENABLE || self->cancelasync)
		pthread_exit(PTHREAD_CANCELED);
	self->canceldisable = PTHREAD_CANCEL_DISABLE;
	return -ECANCELED;
}

long __syscall_cp_c(syscall_arg_t nr,
                    syscall_arg_t u, syscall_arg_t v, syscall_arg_t w,
                    syscall_arg_t x, syscall_arg_t y, syscall_arg_t z)
{
	pthread_t self = __pthread_self();
	int state = self->canceldisable;
	long r;

	if (!libc.threads_minus_1
	    || (state && (state==PTHREAD_CANCEL_DISABLE || nr==SYS_close)))
		return __popcorn_syscall(nr, u, v, w, x, y, z);

	__popcorn_cancel = &self->cancel;
	r = __popcorn_syscall(POPCORN_CALL_CANCELLABLE + nr, u, v, w, x, y, z);
	if (r==-EINTR && nr!=SYS_close && self->cancel &&
	    self->canceldisable != PTHREAD_CANCEL_DISABLE)
		r = __cancel();
	return r;
}

static void cancel_handler(int sig, siginfo_t *si, void *ctx)
{
	pthread_t self = __pthread_self();
	ucontext_t *uc = ctx;

	a_barrier();
	if (!self->cancel || self->canceldisable == PTHREAD_CANCEL_DISABLE)
		return;
	if (self->cancelasync)
		pthread_exit(PTHREAD_CANCELED);
	uc->uc_sigmask.__bits[0] |= 1UL<<(SIGCANCEL-1);
	if (isa_cancellable_pc(uc->uc_mcontext.pc)) {
		uc->uc_mcontext.pc = isa_cancel_pc();
		return;
	}
	/* Blocked now; pending for when an outer handler's return unblocks. */
	__syscall(SYS_tkill, self->tid, SIGCANCEL);
}

void __testcancel(void)
{
	pthread_t self = __pthread_self();
	if (self->cancel && !self->canceldisable)
		__cancel();
}

static void init_cancellation(void)
{
	struct sigaction sa = {
		.sa_flags = SA_SIGINFO | SA_RESTART,
		.sa_sigaction = cancel_handler
	};
	memset(&sa.sa_mask, -1, _NSIG/8);
	__libc_sigaction(SIGCANCEL, &sa, 0);
}

int pthread_cancel(pthread_t t)
{
	static int init;
	if (!init) {
		init_cancellation();
		init = 1;
	}
	a_store(&t->cancel, 1);
	if (t == pthread_self()) {
		if (t->canceldisable == PTHREAD_CANCEL_ENABLE && t->cancelasync)
			pthread_exit(PTHREAD_CANCELED);
		return 0;
	}
	return pthread_kill(t, SIGCANCEL);
}
