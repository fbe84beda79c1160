/* musl's file, and one call in it more: when a thread ends, after its destructors of
 * keys and before any lock is taken, the heap takes its memory back. */
#define _GNU_SOURCE
#include "pthread_impl.h"
#include "libc-musl-patched/heap/heap.h"

static void no_heap(void)
{
}
weak_alias(no_heap, __heap_thread_done);

#define __pthread_tsd_run_dtors() \
	(__pthread_tsd_run_dtors(), __heap_thread_done())
#include "src/thread/pthread_create.c"
