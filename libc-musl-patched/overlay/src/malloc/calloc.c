/* A block that is not known to be zeros is cleared as a whole: to look for what is not
 * zero yet, as musl does, is to touch it twice. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dynlink.h"

static int not_known(void *p)
{
	return 0;
}
weak_alias(not_known, __malloc_allzerop);

void *calloc(size_t m, size_t n)
{
	void *p;

	if (n && m > SIZE_MAX/n) {
		errno = ENOMEM;
		return 0;
	}
	n *= m;
	p = malloc(n);
	if (!p || (!__malloc_replaced && __malloc_allzerop(p))) return p;
	return memset(p, 0, n);
}
