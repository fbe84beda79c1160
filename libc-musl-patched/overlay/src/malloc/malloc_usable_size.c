#include <malloc.h>

#include "libc-musl-patched/heap/heap.h"

size_t malloc_usable_size(void *p)
{
	return __heap_usable(p);
}
