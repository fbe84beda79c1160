/* A string as a stream: a piece of it after the other is the buffer. */
#include <string.h>
#include "stdio_impl.h"

enum { PIECE = 256 };

/* Known to __floatscan: behind the buffer is a null byte, or more of the string. */
hidden size_t __string_read(FILE *f, unsigned char *to, size_t bytes)
{
	char *from = f->cookie;
	size_t piece = strnlen(from, bytes + PIECE);

	bytes = bytes < piece ? bytes : piece;
	memcpy(to, from, bytes);
	f->rpos = (unsigned char *)from + bytes;
	f->rend = (unsigned char *)from + piece;
	f->cookie = from + piece;
	return bytes;
}

int vsscanf(const char *restrict s, const char *restrict format, va_list ap)
{
	FILE f = {
		.buf = (unsigned char *)s,
		.cookie = (void *)s,
		.read = __string_read,
		.lock = -1,
	};

	return vfscanf(&f, format, ap);
}

weak_alias(vsscanf, __isoc99_vsscanf);
