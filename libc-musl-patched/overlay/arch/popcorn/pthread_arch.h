/* The thread's own struct pthread: a thread-local pointer to it, one load on
 * every ISA, with no ISA's thread-pointer layout in it (docs/libc.md). */
extern _Thread_local struct __pthread *__popcorn_self;

static inline uintptr_t __get_tp(void)
{
	return (uintptr_t)__popcorn_self;
}
