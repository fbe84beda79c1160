/* Unaligned, aliasing pieces of memory for the string functions. */
#include <stddef.h>
#include <stdint.h>

typedef uint16_t __attribute__((__may_alias__, __aligned__(1))) piece2;
typedef uint32_t __attribute__((__may_alias__, __aligned__(1))) piece4;
typedef uint64_t __attribute__((__may_alias__, __aligned__(1))) piece8;
typedef uint64_t __attribute__((__vector_size__(16), __may_alias__,
	__aligned__(1))) piece16;

#define AT(type, p, offset) (*(type *)((char *)(p) + (offset)))
#define CONST_AT(type, p, offset) \
	(*(const type *)((const char *)(p) + (offset)))

/* Up to 16 bytes, which may overlap: each piece is loaded before any store. */
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
