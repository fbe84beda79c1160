#define _GNU_SOURCE
#include <string.h>

enum { NEAR = 256 };

/* What is near is found before the rest of the text is looked at. */
char *strstr(const char *text, const char *wanted)
{
	size_t length = strlen(wanted), bytes = strnlen(text, length + NEAR);
	char *found = memmem(text, bytes, wanted, length);

	if (found != 0 || bytes < length + NEAR)
		return found;
	text += NEAR;
	return memmem(text, strlen(text), wanted, length);
}
