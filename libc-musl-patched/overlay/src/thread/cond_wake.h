/* musl's signal and broadcast, but that nothing is locked where nobody waits. Who began
 * to wait with the mutex held before the caller had it is seen without the lock. */
#ifndef COND_WAKE_H
#define COND_WAKE_H

#include "pthread_impl.h"

/* count: of waiters, -1 for all. */
static inline int cond_wake(pthread_cond_t *c, int count)
{
	if (!c->_c_shared) {
		return *(void *volatile *)&c->_c_tail == 0
		         ? 0 : __private_cond_signal(c, count);
	}
	if (c->_c_waiters != 0) {
		a_inc(&c->_c_seq);
		__wake(&c->_c_seq, count, 0);
	}
	return 0;
}

#endif
