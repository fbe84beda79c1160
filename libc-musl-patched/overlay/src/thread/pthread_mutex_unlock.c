/* Mutexes without an owner are unlocked here, others by musl's file. */
#include "mutex_word.h"

static int unlock_owned(pthread_mutex_t *);

int __pthread_mutex_unlock(pthread_mutex_t *m)
{
	int priv;

	if (!is_normal(m))
		return unlock_owned(m);
	/* Free, *m may be gone: its fields are read before. */
	priv = (m->_m_type & 128) ^ 128;
	if (word_swap(m, 0) < 0)
		__wake(&m->_m_lock, 1, priv);
	return 0;
}

weak_alias(__pthread_mutex_unlock, pthread_mutex_unlock);

#define __pthread_mutex_unlock static unlock_owned
#undef weak_alias
#define weak_alias(old, new) extern int no_alias
#undef a_swap
#define a_swap(word, value) word_swap(m, value)
#include "src/thread/pthread_mutex_unlock.c"
