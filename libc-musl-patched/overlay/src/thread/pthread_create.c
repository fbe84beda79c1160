/* musl's file, and two things more.
 *
 * When a thread ends, after its destructors of keys and before any lock is taken, it
 * leaves its contexts, and the heap takes its memory back.
 *
 * pthread_exit, and with it cancellation, unwinds: objects of C++ are destroyed and
 * cleanups of C (__attribute__((cleanup)) under -fexceptions) run, frame by frame, with
 * the handlers of pthread_cleanup_push between them: one of a frame further in than the
 * next with something to do comes before.  Nothing catches this.  A program without
 * landings (docs/exceptions.md) has no unwinder, and its threads end as musl's do. */
#define _GNU_SOURCE
#include "pthread_impl.h"
#include <unwind.h>
#include "libc-musl-patched/heap/heap.h"

hidden void __popcorn_fibers_done(void);

static void nothing(void)
{
}
weak_alias(nothing, __heap_thread_done);
weak_alias(nothing, __popcorn_fibers_done);

#define __pthread_tsd_run_dtors() \
	(__pthread_tsd_run_dtors(), __popcorn_fibers_done(), \
		__heap_thread_done())
hidden _Noreturn void __thread_end(void *);
#define __pthread_exit __thread_end
#define pthread_exit __thread_end_alias
#include "src/thread/pthread_create.c"
#undef __pthread_exit
#undef pthread_exit

#pragma weak _Unwind_ForcedUnwind

/* Not in a frame: those are gone as the unwinding goes on. */
static _Thread_local struct _Unwind_Exception leaving;

/* Handlers lie in their frames, which grow down. */
static void run_handlers(pthread_t self, uintptr_t below)
{
	while (self->cancelbuf && (uintptr_t)self->cancelbuf < below) {
		void (*f)(void *) = self->cancelbuf->__f;
		void *x = self->cancelbuf->__x;
		self->cancelbuf = self->cancelbuf->__next;
		f(x);
	}
}

static _Unwind_Reason_Code stop(int version, _Unwind_Action action,
	_Unwind_Exception_Class class, struct _Unwind_Exception *e,
	struct _Unwind_Context *context, void *self)
{
	if (action & _UA_END_OF_STACK)
		__thread_end(((pthread_t)self)->result);
	run_handlers(self, _Unwind_GetCFA(context));
	return _URC_NO_REASON;
}

_Noreturn void __pthread_exit(void *result)
{
	pthread_t self = __pthread_self();

	if (_Unwind_ForcedUnwind) {
		self->canceldisable = 1;
		self->cancelasync = 0;
		self->result = result;
		_Unwind_ForcedUnwind(&leaving, stop, self);
	}
	__thread_end(result);
}
weak_alias(__pthread_exit, pthread_exit);
