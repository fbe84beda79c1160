/* The end of a detached thread: its stack and TLS go with it. */
#include "pthread_impl.h"

void __unmapself(void *base, size_t size)
{
	__popcorn_end_thread(base, size);
}
