#include "cond_wake.h"

int pthread_cond_broadcast(pthread_cond_t *c)
{
	return cond_wake(c, -1);
}
