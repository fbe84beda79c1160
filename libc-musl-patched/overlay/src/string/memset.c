/* Fills in 16-byte vectors, the last one overlapping (see memcpy.c). */
#include <string.h>
#include "memory.h"

void *memset(void *dest, int c, size_t n)
{
	char *d = dest;
	uint64_t word = (unsigned char)c * 0x0101010101010101ULL;

	if (n <= 16) {
		if (n >= 8) {
			AT(piece8, d, 0) = word;
			AT(piece8, d, n - 8) = word;
		} else if (n >= 4) {
			AT(piece4, d, 0) = (uint32_t)word;
			AT(piece4, d, n - 4) = (uint32_t)word;
		} else if (n) {
			d[0] = d[n/2] = d[n - 1] = (char)c;
		}
		return dest;
	}
	piece16 v = { word, word };
	char *end = d + n - 16;
	for (; end - d > 48; d += 64) {
		AT(piece16, d, 0) = v;
		AT(piece16, d, 16) = v;
		AT(piece16, d, 32) = v;
		AT(piece16, d, 48) = v;
	}
	for (; d < end; d += 16)
		AT(piece16, d, 0) = v;
	AT(piece16, end, 0) = v;
	return dest;
}
