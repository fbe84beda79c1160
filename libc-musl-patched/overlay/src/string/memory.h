/* Unaligned, aliasing pieces of memory for the string functions. */
#include <stdint.h>

typedef uint16_t __attribute__((__may_alias__, __aligned__(1))) piece2;
typedef uint32_t __attribute__((__may_alias__, __aligned__(1))) piece4;
typedef uint64_t __attribute__((__may_alias__, __aligned__(1))) piece8;
typedef uint64_t __attribute__((__vector_size__(16), __may_alias__,
	__aligned__(1))) piece16;

#define AT(type, p, offset) (*(type *)((char *)(p) + (offset)))
#define CONST_AT(type, p, offset) \
	(*(const type *)((const char *)(p) + (offset)))
