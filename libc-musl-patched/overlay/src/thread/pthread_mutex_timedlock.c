/* Mutexes without an owner are waited for here, others by musl's file.
 *
 * A thread spins before it sleeps: a lock is most often held for less time than
 * sleeping takes. How often the lock became free meanwhile says how long the next
 * thread spins (as in glibc's adaptive mutexes). While it spins it only reads: on
 * another node that costs nothing until the word changes. */
#include "mutex_word.h"
#include "popcorn_native.h"

#define MOST_SPINS 100
#define spins_of(m) ((m)->__u.__vi[3]) /* nothing else of a mutex is there */

/* Returns 0 with the lock. Nobody spins where others already sleep. */
static int spin(pthread_mutex_t *m)
{
	int usual = spins_of(m), spins = 0, most = 2 * usual + 10;

	if (most > MOST_SPINS)
		most = MOST_SPINS;
	for (; spins < most && m->_m_lock >= 0; spins++) {
		if (m->_m_lock == 0 && a_cas(&m->_m_lock, 0, HELD) == 0) {
			spins_of(m) = usual + (spins - usual) / 8;
			return 0;
		}
		isa_pause();
	}
	if (usual < MOST_SPINS)
		spins_of(m) = usual + (most - usual) / 8;
	return EBUSY;
}

static int wait_for(pthread_mutex_t *m, const struct timespec *until)
{
	int priv = (m->_m_type & 128) ^ 128;

	while (a_swap(&m->_m_lock, CONTENDED) != 0) {
		int result = __timedwait(&m->_m_lock, CONTENDED, CLOCK_REALTIME,
		                         until, priv);
		if (result != 0 && result != EINTR)
			return result;
	}
	return 0;
}

static int timedlock_owned(pthread_mutex_t *restrict,
                           const struct timespec *restrict);

int __pthread_mutex_timedlock(pthread_mutex_t *restrict m,
                              const struct timespec *restrict until)
{
	if (!is_normal(m))
		return timedlock_owned(m, until);
	if (a_cas(&m->_m_lock, 0, HELD) == 0 || spin(m) == 0)
		return 0;
	return wait_for(m, until);
}

int __pthread_mutex_lock_again(pthread_mutex_t *m)
{
	if (!is_normal(m))
		return __pthread_mutex_timedlock(m, 0);
	return a_cas(&m->_m_lock, 0, CONTENDED) == 0 ? 0 : wait_for(m, 0);
}

weak_alias(__pthread_mutex_timedlock, pthread_mutex_timedlock);

#define __pthread_mutex_timedlock static timedlock_owned
#undef weak_alias
#define weak_alias(old, new) extern int no_alias
#include "src/thread/pthread_mutex_timedlock.c"
