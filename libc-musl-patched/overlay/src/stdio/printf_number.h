/* What the parts of printf share. */
#ifndef PRINTF_NUMBER_H
#define PRINTF_NUMBER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "stdio_impl.h"

/* Flags of a conversion, by their distance from a space. */
#define FLAG(c) (1U << ((c) - ' '))
#define ALTERNATE FLAG('#')
#define ZEROS FLAG('0')
#define LEFT FLAG('-')
#define SPACE FLAG(' ')
#define PLUS FLAG('+')
#define GROUPED FLAG('\'')

struct conversion {
	unsigned flags;
	int width, precision; /* -1: none */
	char type;
};

/* Does `bytes` go into the buffer as it is? Not into one that ends with a line. */
static inline int has_room(const FILE *f, size_t bytes)
{
	return f->lbf < 0 && (size_t)(f->wend - f->wpos) >= bytes;
}

static inline void put_text(FILE *f, const char *text, size_t bytes)
{
	if (has_room(f, bytes)) {
		memcpy(f->wpos, text, bytes);
		f->wpos += bytes;
	} else if (!(f->flags & F_ERR)) {
		__fwritex((const unsigned char *)text, bytes, f);
	}
}

static inline void put_few(FILE *f, const char *text, size_t bytes)
{
	if (has_room(f, bytes)) {
		unsigned char *at = f->wpos;
		for (size_t i = 0; i < bytes; i++)
			at[i] = (unsigned char)text[i];
		f->wpos = at + bytes;
	} else if (!(f->flags & F_ERR)) {
		__fwritex((const unsigned char *)text, bytes, f);
	}
}

hidden void __printf_repeat(FILE *, char, size_t times);

static inline void put_repeated(FILE *f, char c, long times)
{
	if (times > 0)
		__printf_repeat(f, c, (size_t)times);
}

/* What stands before and behind a text of `length` characters, its prefix (sign,
 * 0x) among them, to fill the width. */
static inline void put_before(FILE *f, const struct conversion *c,
                              const char *prefix, int prefix_length, int length)
{
	if (!(c->flags & (LEFT | ZEROS)))
		put_repeated(f, ' ', (long)c->width - length);
	put_few(f, prefix, (size_t)prefix_length);
	if ((c->flags & (LEFT | ZEROS)) == ZEROS)
		put_repeated(f, '0', (long)c->width - length);
}

static inline void put_behind(FILE *f, const struct conversion *c, int length)
{
	if (c->flags & LEFT)
		put_repeated(f, ' ', (long)c->width - length);
}

/* The digits of x, up to `end`; returns where they begin. None for 0. */
hidden char *__printf_decimal(char *end, uint64_t x);

/* %e %f %g %a of either type. Returns the length with padding, or -1. */
hidden int __printf_double(FILE *, const struct conversion *, double);
hidden int __printf_long_double(FILE *, const struct conversion *, long double);

#endif
