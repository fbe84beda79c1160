/* What both parts of printf write. */
#include "printf_number.h"

char *__printf_decimal(char *end, uint64_t x)
{
	static const char pairs[] =
		"00010203040506070809101112131415161718192021222324"
		"25262728293031323334353637383940414243444546474849"
		"50515253545556575859606162636465666768697071727374"
		"75767778798081828384858687888990919293949596979899";

	while (x >= 10) {
		const char *pair = pairs + 2 * (x % 100);
		x /= 100;
		*--end = pair[1];
		*--end = pair[0];
		if (x == 0)
			return *end == '0' ? end + 1 : end;
	}
	if (x != 0)
		*--end = (char)('0' + x);
	return end;
}

void __printf_repeat(FILE *f, char c, size_t times)
{
	char text[64];

	if (has_room(f, times)) {
		memset(f->wpos, c, times);
		f->wpos += times;
		return;
	}
	memset(text, c, times < sizeof text ? times : sizeof text);
	for (; times > sizeof text; times -= sizeof text)
		put_text(f, text, sizeof text);
	put_text(f, text, times);
}
