/* musl's file; its exchange is ours (mutex_word.h). */
#include "mutex_word.h"

#undef a_cas
#define a_cas(word, expected, value) word_cas(m, expected, value)
#include "src/thread/pthread_mutex_trylock.c"
