#include "cond_wake.h"

int pthread_cond_signal(pthread_cond_t *c)
{
	return cond_wake(c, 1);
}
