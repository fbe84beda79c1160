/* The lock word of a mutex that has no owner in it (PTHREAD_MUTEX_NORMAL): 0, HELD, or
 * CONTENDED: held, and threads may sleep.
 *
 * Invariant: while a thread sleeps on the word, it is CONTENDED, or a thread that
 * was woken is on its way to make it so. Who has slept, or comes from a condition
 * variable, therefore takes the lock as CONTENDED: it cannot know who else sleeps.
 * An unlock then wakes one thread, and the next lock and unlock nobody, however long
 * that thread takes to run. (By a count of sleepers, as in musl, each unlock until
 * then would be a system call.) */
#ifndef MUTEX_WORD_H
#define MUTEX_WORD_H

#include <limits.h>
#include "pthread_impl.h"

#define HELD EBUSY
#define CONTENDED (INT_MIN | EBUSY)

static inline int is_normal(const pthread_mutex_t *m)
{
	return (m->_m_type & 15) == PTHREAD_MUTEX_NORMAL;
}

/* Nobody else can touch what *m protects: its word needs no atomic operation.
 * Acquire: what the last other thread did comes before. */
static inline int is_alone(const pthread_mutex_t *m)
{
	return !(m->_m_type & 128) &&
	       __atomic_load_n(&libc.threads_minus_1, __ATOMIC_ACQUIRE) == 0;
}

static inline int word_cas(pthread_mutex_t *m, int expected, int value)
{
	int old;

	if (!is_alone(m))
		return a_cas(&m->_m_lock, expected, value);
	old = m->_m_lock;
	if (old == expected)
		m->_m_lock = value;
	return old;
}

static inline int word_swap(pthread_mutex_t *m, int value)
{
	int old;

	if (!is_alone(m))
		return a_swap(&m->_m_lock, value);
	old = m->_m_lock;
	m->_m_lock = value;
	return old;
}

/* pthread_mutex_lock for who has waited for a condition. */
hidden int __pthread_mutex_lock_again(pthread_mutex_t *);

#endif
