/* musl's file; what init did is seen by who acquires, without its full barrier. */
#include "pthread_impl.h"

#define a_barrier() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#include "src/thread/pthread_once.c"
