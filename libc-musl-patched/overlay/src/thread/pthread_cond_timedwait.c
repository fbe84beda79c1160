/* musl's file; the mutex is taken again so that those who wait for it after this
 * thread are not forgotten (mutex_word.h). */
#include "mutex_word.h"

#define pthread_mutex_lock __pthread_mutex_lock_again
#include "src/thread/pthread_cond_timedwait.c"
