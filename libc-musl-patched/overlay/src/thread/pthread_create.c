/* musl's file, and two calls in it more: when a thread ends, after its destructors of
 * keys and before any lock is taken, it leaves its contexts, and the heap takes
 * its memory back. */
#define _GNU_SOURCE
#include "pthread_impl.h"
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
#include "src/thread/pthread_create.c"
