/* Text is written where it belongs: the buffer of a stream of its own. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "stdio_impl.h"

/* What there is no room for is dropped. */
static size_t fill(FILE *f, const unsigned char *text, size_t bytes)
{
	size_t room = (size_t)(f->wend - f->wpos);

	room = bytes < room ? bytes : room;
	memcpy(f->wpos, text, room);
	f->wpos += room;
	return bytes;
}

int vsnprintf(char *restrict to, size_t bytes, const char *restrict format,
              va_list ap)
{
	unsigned char nowhere[1];
	unsigned char *buf = bytes != 0 ? (unsigned char *)to : nowhere;
	FILE f;
	int result;

	if (bytes > INT_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	/* All that printf looks at of a stream. */
	f.flags = 0;
	f.lbf = EOF;
	f.lock = -1;
	f.mode = 0;
	f.write = fill;
	f.buf = f.wbase = f.wpos = buf;
	f.wend = buf + (bytes != 0 ? bytes - 1 : 0);
	f.buf_size = 1;
	f.locale = 0;
	result = vfprintf(&f, format, ap);
	*f.wpos = 0;
	return result;
}
