/* Copies in 16-byte vectors; the last piece of each size class overlaps the one
 * before, so there is no byte loop.  No migration point: back ends call this on
 * their own. */
#include <string.h>
#include "memory.h"

void *memcpy(void *restrict dest, const void *restrict src, size_t n)
{
	char *d = dest;
	const char *s = src;

	if (n <= 16) {
		copy_small(d, s, n);
		return dest;
	}
	piece16 last = CONST_AT(piece16, s, n - 16);
	char *end = d + n - 16;
	while (end - d > 48) {
		piece16 a = CONST_AT(piece16, s, 0);
		piece16 b = CONST_AT(piece16, s, 16);
		piece16 c = CONST_AT(piece16, s, 32);
		piece16 e = CONST_AT(piece16, s, 48);
		AT(piece16, d, 0) = a;
		AT(piece16, d, 16) = b;
		AT(piece16, d, 32) = c;
		AT(piece16, d, 48) = e;
		s += 64;
		d += 64;
	}
	while (d < end) {
		AT(piece16, d, 0) = CONST_AT(piece16, s, 0);
		s += 16;
		d += 16;
	}
	AT(piece16, end, 0) = last;
	return dest;
}
