/* A robust mutex among the threads of one process needs nothing of the kernel:
 * a thread that ends gives up its list itself (pthread_create.c). What needs the
 * kernel is asked for when a mutex is made (pthread_mutex_init.c). */
#include "pthread_impl.h"

#define ROBUST 4

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attributes, int robust)
{
    if (robust != PTHREAD_MUTEX_STALLED && robust != PTHREAD_MUTEX_ROBUST) {
        return EINVAL;
    }
    attributes->__attr &= ~(unsigned)ROBUST;
    attributes->__attr |= robust == PTHREAD_MUTEX_ROBUST ? ROBUST : 0;
    return 0;
}
