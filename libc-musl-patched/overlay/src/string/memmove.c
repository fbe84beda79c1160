/* memcpy's pieces, each loaded before any store that could overlap it: forwards
 * if the destination is lower, backwards if it is higher. */
#include <string.h>
#include "memory.h"

static void *move_small(char *d, const char *s, size_t n)
{
	copy_small(d, s, n);
	return d;
}

static void move_forwards(char *d, const char *s, size_t n)
{
	piece16 last = CONST_AT(piece16, s, n - 16);
	char *end = d + n - 16;

	for (; end - d > 16; d += 32, s += 32) {
		piece16 a = CONST_AT(piece16, s, 0);
		piece16 b = CONST_AT(piece16, s, 16);
		AT(piece16, d, 0) = a;
		AT(piece16, d, 16) = b;
	}
	if (d < end) {
		piece16 a = CONST_AT(piece16, s, 0);
		AT(piece16, d, 0) = a;
	}
	AT(piece16, end, 0) = last;
}

static void move_backwards(char *d, const char *s, size_t n)
{
	piece16 first = CONST_AT(piece16, s, 0);
	char *begin = d;

	for (; n > 32; n -= 32) {
		piece16 a = CONST_AT(piece16, s, n - 16);
		piece16 b = CONST_AT(piece16, s, n - 32);
		AT(piece16, d, n - 16) = a;
		AT(piece16, d, n - 32) = b;
	}
	if (n > 16) {
		piece16 a = CONST_AT(piece16, s, n - 16);
		AT(piece16, d, n - 16) = a;
	}
	AT(piece16, begin, 0) = first;
}

void *memmove(void *dest, const void *src, size_t n)
{
	if (n <= 16)
		return move_small(dest, src, n);
	if ((uintptr_t)dest - (uintptr_t)src >= n)
		move_forwards(dest, src, n);
	else
		move_backwards(dest, src, n);
	return dest;
}
