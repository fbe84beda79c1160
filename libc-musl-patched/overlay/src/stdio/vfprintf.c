/* printf: musl's conversions and limits, written for speed: a format is read once,
 * unless it numbers its arguments, and text goes into the stream's buffer.
 * Floating-point numbers are in printf_float.c. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "printf_number.h"

enum length { BARE, SHORT, CHAR, LONG, LONG_LONG, SIZE, MAXIMUM, LONG_DOUBLE };

/* How an argument is fetched. */
enum kind {
	NONE,
	INT,
	UNSIGNED,
	WIDE_INT, /* all of 64 bits are alike */
	SHORT_INT,
	UNSIGNED_SHORT,
	CHAR_INT,
	UNSIGNED_CHAR,
	POINTER,
	DOUBLE,
	LONG_DOUBLE_KIND,
	INVALID
};

union argument {
	uint64_t i;
	double d;
	long double l;
	void *p;
};

struct arguments {
	va_list next;
	int is_numbered;
	union argument by_number[NL_ARGMAX + 1];
};

/* One conversion of a format, its numbers where they are given by arguments: of an
 * argument's number, 0 for the next one, or -1 where they are not. */
struct format {
	struct conversion c;
	enum length length;
	enum kind kind;
	int number, width_number, precision_number;
	int has_precision;
};

static void fetch(union argument *a, enum kind kind, va_list *next)
{
	switch (kind) {
	case INT:
		a->i = va_arg(*next, int);
		break;
	case UNSIGNED:
		a->i = va_arg(*next, unsigned);
		break;
	case WIDE_INT:
		a->i = va_arg(*next, uint64_t);
		break;
	case SHORT_INT:
		a->i = (short)va_arg(*next, int);
		break;
	case UNSIGNED_SHORT:
		a->i = (unsigned short)va_arg(*next, int);
		break;
	case CHAR_INT:
		a->i = (signed char)va_arg(*next, int);
		break;
	case UNSIGNED_CHAR:
		a->i = (unsigned char)va_arg(*next, int);
		break;
	case POINTER:
		a->p = va_arg(*next, void *);
		break;
	case DOUBLE:
		a->d = va_arg(*next, double);
		break;
	case LONG_DOUBLE_KIND:
		a->l = va_arg(*next, long double);
		break;
	case NONE:
	case INVALID:
		break;
	}
}

/* --- reading a format --- */

static int is_digit(char c)
{
	return (unsigned)c - '0' < 10;
}

/* -1 when it is more than an int. */
static int read_number(const char **s)
{
	long n = 0;

	for (; is_digit(**s); ++*s)
		n = n < 0 || 10 * n + (**s - '0') > INT_MAX
		    ? -1 : 10 * n + (**s - '0');
	return (int)n;
}

/* After a '*': "1$" or nothing. */
static int read_star(const char **s)
{
	int number = 0;

	if (is_digit(**s) && (*s)[1] == '$') {
		number = **s - '0';
		*s += 2;
	}
	return number;
}

static enum length read_length(const char **s)
{
	switch (*(*s)++) {
	case 'h':
		if (**s != 'h')
			return SHORT;
		++*s;
		return CHAR;
	case 'l':
		if (**s != 'l')
			return LONG;
		++*s;
		return LONG_LONG;
	case 'z':
	case 't':
		return SIZE;
	case 'j':
		return MAXIMUM;
	case 'L':
		return LONG_DOUBLE;
	}
	--*s;
	return BARE;
}

static enum kind kind_of(char type, enum length length)
{
	static const unsigned char with_sign[] = {
		INT, SHORT_INT, CHAR_INT, WIDE_INT, WIDE_INT, WIDE_INT,
		WIDE_INT, INVALID,
	};
	static const unsigned char without[] = {
		UNSIGNED, UNSIGNED_SHORT, UNSIGNED_CHAR, WIDE_INT, WIDE_INT,
		WIDE_INT, WIDE_INT, INVALID,
	};

	switch (type) {
	case 'd':
	case 'i':
		return with_sign[length];
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		return without[length];
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		return length == BARE || length == LONG ? DOUBLE
		       : length == LONG_DOUBLE ? LONG_DOUBLE_KIND : INVALID;
	case 'c':
		return length == BARE ? CHAR_INT : length == LONG ? INT : INVALID;
	case 'C':
		return length == BARE ? INT : INVALID;
	case 's':
		return length == BARE || length == LONG ? POINTER : INVALID;
	case 'S':
		return length == BARE ? POINTER : INVALID;
	case 'p':
		return length == BARE ? WIDE_INT : INVALID;
	case 'n':
		return POINTER;
	case 'm':
		return length == BARE ? NONE : INVALID;
	}
	return INVALID;
}

/* s is behind the '%'. Returns what is behind the conversion. */
static const char *read_format(const char *s, struct format *f)
{
	*f = (struct format){.width_number = -1, .precision_number = -1};
	f->c.precision = -1;
	if (is_digit(s[0]) && s[1] == '$') {
		f->number = s[0] - '0';
		s += 2;
	}
	for (; (unsigned)*s - ' ' < 32 &&
	       ((ALTERNATE | ZEROS | LEFT | SPACE | PLUS | GROUPED) & FLAG(*s));
	     s++)
		f->c.flags |= FLAG(*s);
	if (*s == '*') {
		s++;
		f->width_number = read_star(&s);
	} else if (is_digit(*s)) {
		f->c.width = read_number(&s);
	}
	if (*s == '.') {
		f->has_precision = 1;
		if (*++s == '*') {
			s++;
			f->precision_number = read_star(&s);
		} else {
			f->c.precision = read_number(&s);
		}
	}
	f->length = read_length(&s);
	f->c.type = *s;
	f->kind = kind_of(*s, f->length);
	return f->kind == INVALID ? s : s + 1;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

/* Where arguments are numbered all of them are, without gaps. */
static int number_arguments(const char *format, struct arguments *a)
{
	enum kind kinds[NL_ARGMAX + 1] = {NONE};
	struct format f;
	int i;

	for (const char *s = format; (s = strchr(s, '%')) != NULL;) {
		if (*++s == '%') {
			s++;
			continue;
		}
		s = read_format(s, &f);
		if (f.kind == INVALID || (f.kind != NONE && f.number == 0) ||
		    f.width_number == 0 || f.precision_number == 0)
			return fail(EINVAL);
		if (f.kind != NONE)
			kinds[f.number] = f.kind;
		if (f.width_number > 0)
			kinds[f.width_number] = INT;
		if (f.precision_number > 0)
			kinds[f.precision_number] = INT;
	}
	for (i = 1; i <= NL_ARGMAX && kinds[i] != NONE; i++)
		fetch(&a->by_number[i], kinds[i], &a->next);
	for (; i <= NL_ARGMAX; i++) {
		if (kinds[i] != NONE)
			return fail(EINVAL);
	}
	a->is_numbered = 1;
	return 0;
}

/* --- integers and text --- */

static char *to_base(char *end, uint64_t x, int bits, const char *digits)
{
	for (; x != 0; x >>= bits)
		*--end = digits[x & ((1U << bits) - 1)];
	return end;
}

/* Returns how long it was, or -1. */
static int put_text_padded(FILE *f, struct conversion *c, const char *prefix,
                           int prefix_length, const char *text, int length)
{
	long zeros = c->precision > length ? (long)c->precision - length : 0;
	long all = prefix_length + zeros + length;

	if (all > INT_MAX)
		return -1;
	if (c->width > all) {
		put_before(f, c, prefix, prefix_length, (int)all);
	} else {
		put_few(f, prefix, (size_t)prefix_length);
	}
	put_repeated(f, '0', zeros);
	if (length < 24)
		put_few(f, text, (size_t)length);
	else
		put_text(f, text, (size_t)length);
	if (c->width <= all)
		return (int)all;
	put_behind(f, c, (int)all);
	return c->width;
}

static int put_integer(FILE *f, struct format *format, uint64_t x)
{
	struct conversion *c = &format->c;
	char room[24], *end = room + sizeof room, *at;
	const char *prefix = "";
	int prefix_length = 0;

	if (c->type == 'p') {
		if (c->precision >= 0 && c->precision < 16)
			c->precision = 16;
		c->flags |= ALTERNATE;
	}
	switch (c->type) {
	case 'd':
	case 'i':
		if ((int64_t)x < 0) {
			x = -x;
			prefix = "-";
			prefix_length = 1;
		} else if (c->flags & (PLUS | SPACE)) {
			prefix = c->flags & PLUS ? "+" : " ";
			prefix_length = 1;
		}
		/* fall through */
	case 'u':
		at = __printf_decimal(end, x);
		break;
	case 'o':
		at = to_base(end, x, 3, "01234567");
		if ((c->flags & ALTERNATE) && c->precision < end - at + 1)
			c->precision = (int)(end - at) + 1;
		break;
	default:
		at = to_base(end, x, 4,
		             c->type == 'X' ? "0123456789ABCDEF"
		                            : "0123456789abcdef");
		if (x != 0 && (c->flags & ALTERNATE)) {
			prefix = c->type == 'X' ? "0X" : "0x";
			prefix_length = 2;
		}
	}
	if (format->has_precision && c->precision >= 0)
		c->flags &= ~ZEROS;
	if (at == end && c->precision != 0)
		*--at = '0';
	return put_text_padded(f, c, prefix, prefix_length, at, (int)(end - at));
}

/* No more than the precision of it is read. */
static int put_string(FILE *f, struct conversion *c, const char *text)
{
	size_t most = c->precision < 0 ? INT_MAX : (size_t)c->precision, length;

	if (text == NULL)
		text = "(null)";
	length = c->precision < 0 ? strlen(text) : strnlen(text, most);
	if (length > most)
		return -1;
	c->flags &= ~ZEROS;
	c->precision = -1;
	return put_text_padded(f, c, "", 0, text, (int)length);
}

static int put_wide_string(FILE *f, struct conversion *c, const wchar_t *text)
{
	size_t most = c->precision < 0 ? INT_MAX : (size_t)c->precision;
	size_t bytes = 0, put = 0;
	char one[4];
	int length;

	if (text == NULL)
		text = L"(null)";
	for (const wchar_t *at = text; bytes < most && *at != 0; at++) {
		length = wctomb(one, *at);
		if (length < 0)
			return -2; /* errno is set */
		if ((size_t)length > most - bytes)
			break;
		bytes += (size_t)length;
	}
	c->flags &= ~ZEROS;
	put_before(f, c, "", 0, (int)bytes);
	for (; put < bytes; put += (size_t)length) {
		length = wctomb(one, *text++);
		put_few(f, one, (size_t)length);
	}
	put_behind(f, c, (int)bytes);
	return c->width > (int)bytes ? c->width : (int)bytes;
}

static void store_count(enum length length, void *to, int count)
{
	switch (length) {
	case BARE:
		*(int *)to = count;
		break;
	case SHORT:
		*(short *)to = (short)count;
		break;
	case CHAR:
		*(char *)to = (char)count;
		break;
	case LONG:
	case LONG_LONG:
	case SIZE:
	case MAXIMUM:
		*(long *)to = count;
		break;
	case LONG_DOUBLE:
		break;
	}
}

/* Returns the number of characters, -1 when there are too many, or -2, errno is
 * set. */
static int put_conversion(FILE *f, struct format *format, union argument a,
                          int count, int saved_errno)
{
	struct conversion *c = &format->c;
	wchar_t wide[2] = {0};
	char one;

	switch (c->type) {
	case 'c':
		if (format->length == BARE) {
			one = (char)a.i;
			c->flags &= ~ZEROS;
			c->precision = -1;
			return put_text_padded(f, c, "", 0, &one, 1);
		}
		/* fall through */
	case 'C':
		wide[0] = (wchar_t)a.i;
		c->precision = -1;
		return put_wide_string(f, c, wide);
	case 's':
		if (format->length == BARE)
			return put_string(f, c, a.p);
		/* fall through */
	case 'S':
		return put_wide_string(f, c, a.p);
	case 'm':
		return put_string(f, c, strerror(saved_errno));
	case 'n':
		store_count(format->length, a.p, count);
		return 0;
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		return format->kind == DOUBLE ? __printf_double(f, c, a.d)
		                              : __printf_long_double(f, c, a.l);
	}
	return put_integer(f, format, a.i);
}

/* The numbers that stand in arguments. */
static int resolve(struct format *f, struct arguments *a)
{
	union argument given;

	if (f->width_number >= 0) {
		if (f->width_number > 0)
			given = a->by_number[f->width_number];
		else
			fetch(&given, INT, &a->next);
		f->c.width = (int)given.i;
		if (f->c.width < 0) {
			f->c.flags |= LEFT;
			f->c.width = -(unsigned)f->c.width;
		}
	}
	if (f->precision_number >= 0) {
		if (f->precision_number > 0)
			given = a->by_number[f->precision_number];
		else
			fetch(&given, INT, &a->next);
		f->c.precision = (int)given.i < 0 ? -1 : (int)given.i;
		f->has_precision = f->c.precision >= 0;
	} else if (f->has_precision && f->c.precision < 0) {
		return -1;
	}
	if (f->c.flags & LEFT)
		f->c.flags &= ~ZEROS;
	return f->c.width < 0 ? -1 : 0;
}

static int print(FILE *f, const char *s, struct arguments *a)
{
	int saved_errno = errno, length;
	const char *begin = s;
	struct format format;
	union argument value = {0};
	long count = 0;

	for (;;) {
		const char *text = s;

		for (; *s != 0 && *s != '%'; s++)
			;
		if (s != text) {
			put_text(f, text, (size_t)(s - text));
			count += s - text;
			if (count > INT_MAX)
				return fail(EOVERFLOW);
		}
		if (*s == 0)
			return (int)count;
		if (*++s == '%') {
			put_few(f, s++, 1);
			count++;
			continue;
		}
		if (is_digit(s[0]) && s[1] == '$' && !a->is_numbered &&
		    number_arguments(begin, a) < 0)
			return -1;
		s = read_format(s, &format);
		if (format.kind == INVALID ||
		    (a->is_numbered && format.kind != NONE && format.number == 0))
			return fail(EINVAL);
		if (resolve(&format, a) < 0)
			return fail(EOVERFLOW);
		if (format.number > 0)
			value = a->by_number[format.number];
		else
			fetch(&value, format.kind, &a->next);
		length = put_conversion(f, &format, value, (int)count, saved_errno);
		if (length == -2)
			return -1;
		count += length;
		if (length < 0 || count > INT_MAX)
			return fail(EOVERFLOW);
	}
}

int vfprintf(FILE *restrict f, const char *restrict format, va_list ap)
{
	unsigned char room[80], *unbuffered = NULL;
	struct arguments a;
	unsigned old_error;
	int result;

	a.is_numbered = 0;
	va_copy(a.next, ap);
	FLOCK(f);
	old_error = f->flags & F_ERR;
	if (f->mode < 1)
		f->flags &= ~F_ERR;
	if (f->buf_size == 0) {
		unbuffered = f->buf;
		f->buf = room;
		f->buf_size = sizeof room;
		f->wpos = f->wbase = f->wend = 0;
	}
	result = f->wend == NULL && __towrite(f) ? -1 : print(f, format, &a);
	if (unbuffered != NULL) {
		f->write(f, 0, 0);
		if (f->wpos == NULL)
			result = -1;
		f->buf = unbuffered;
		f->buf_size = 0;
		f->wpos = f->wbase = f->wend = 0;
	}
	if (f->flags & F_ERR)
		result = -1;
	f->flags |= old_error;
	FUNLOCK(f);
	va_end(a.next);
	return result;
}
