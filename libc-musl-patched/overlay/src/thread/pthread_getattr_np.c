/* A thread's attributes.  Its stack is the data stack; the main thread's is the
 * fixed area of runtime/base/layout.h. */
#define _GNU_SOURCE
#include "pthread_impl.h"
#include "libc.h"
#include "runtime/base/layout.h"

int pthread_getattr_np(pthread_t t, pthread_attr_t *a)
{
	*a = (pthread_attr_t){0};
	a->_a_detach = t->detach_state>=DT_DETACHED;
	a->_a_guardsize = t->guard_size;
	if (t->stack) {
		a->_a_stackaddr = (uintptr_t)t->stack;
		a->_a_stacksize = t->stack_size;
	} else {
		a->_a_stackaddr = POPCORN_ARENA_BASE + POPCORN_DATA_STACK_SIZE;
		a->_a_stacksize = POPCORN_DATA_STACK_SIZE;
	}
	return 0;
}
