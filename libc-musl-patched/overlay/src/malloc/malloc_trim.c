#include <malloc.h>

#include "libc-musl-patched/heap/heap.h"

int malloc_trim(size_t pad)
{
	return __heap_trim(pad);
}
