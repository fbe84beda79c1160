/* musl's, but that a single thread needs no atomic operation, and that a free mutex
 * with an owner is taken here. */
#include "mutex_word.h"

static int take_owned(pthread_mutex_t *m)
{
	pthread_t self = __pthread_self();
	void *volatile *next = self->robust_list.head;

	if ((m->_m_type & ~3) != 0 || m->_m_lock != 0 ||
	    word_cas(m, 0, self->tid) != 0)
		return EBUSY;
	/* Into the list of what the thread holds. */
	m->_m_next = next;
	m->_m_prev = &self->robust_list.head;
	if (next != &self->robust_list.head)
		next[-1] = (void *)&m->_m_next;
	self->robust_list.head = &m->_m_next;
	return 0;
}

int __pthread_mutex_lock(pthread_mutex_t *m)
{
	if ((is_normal(m) ? word_cas(m, 0, HELD) : take_owned(m)) == 0)
		return 0;
	return __pthread_mutex_timedlock(m, 0);
}

weak_alias(__pthread_mutex_lock, pthread_mutex_lock);
