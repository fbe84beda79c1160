/* Copies in 16-byte vectors; the last piece of each size class overlaps the one
 * before, so there is no byte loop.  No migration point: back ends call this on
 * their own. */
#include <string.h>
#include "memory.h"

static inline void copy_small(char *d, const char *s, size_t n)
{
	if (n >= 8) {
		uint64_t a = CONST_AT(piece8, s, 0);
		uint64_t b = CONST_AT(piece8, s, n - 8);
		AT(piece8, d, 0) = a;
		AT(piece8, d, n - 8) = b;
	} else if (n >= 4) {
		uint32_t a = CONST_AT(piece4, s, 0);
		uint32_t b = CONST_AT(piece4, s, n - 4);
		AT(piece4, d, 0) = a;
		AT(piece4, d, n - 4) = b;
	} else if (n) {
		char a = s[0], b = s[n/2], c = s[n - 1];
		d[0] = a;
		d[n/2] = b;
		d[n - 1] = c;
	}
}

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
