/* As musl's: any power of 2 is an alignment, also 0. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "libc-musl-patched/heap/heap.h"

void *aligned_alloc(size_t align, size_t len)
{
	if ((align & -align) != align) {
		errno = EINVAL;
		return 0;
	}
	if (len > PTRDIFF_MAX || align > PTRDIFF_MAX - len) {
		errno = ENOMEM;
		return 0;
	}
	return __heap_aligned(align, len);
}
