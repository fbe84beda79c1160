/* Compares eight bytes at a time; the first difference decides as big-endian
 * numbers do. */
#include <string.h>
#include "memory.h"

static int order(uint64_t a, uint64_t b)
{
	a = __builtin_bswap64(a);
	b = __builtin_bswap64(b);
	return a < b ? -1 : a > b;
}

int memcmp(const void *left, const void *right, size_t n)
{
	const unsigned char *l = left, *r = right;

	if (n >= 8) {
		size_t last = n - 8;
		for (size_t i = 0; i < last; i += 8) {
			uint64_t a = CONST_AT(piece8, l, i);
			uint64_t b = CONST_AT(piece8, r, i);
			if (a != b) return order(a, b);
		}
		return order(CONST_AT(piece8, l, last),
			CONST_AT(piece8, r, last));
	}
	for (; n; n--, l++, r++)
		if (*l != *r) return *l - *r;
	return 0;
}
