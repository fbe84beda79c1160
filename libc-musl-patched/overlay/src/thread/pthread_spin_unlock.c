/* A store that releases: musl's is a full barrier. */
#include "pthread_impl.h"

int pthread_spin_unlock(pthread_spinlock_t *s)
{
	__atomic_store_n(s, 0, __ATOMIC_RELEASE);
	return 0;
}
