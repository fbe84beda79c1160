/* %e, %f, %g and %a, rounded as the program's mode says.
 *
 * Up to 18 digits of a double come from a product with a power of ten of 128 bits, if
 * what is cut off is not too near to a limit of rounding; else from exact arithmetic,
 * in words of nine digits. Long doubles are binary128; those that are doubles in value
 * are formatted as such. No arithmetic of binary128 is done: it is software. */
#include <limits.h>
#include "power_of_five.h"
#include "printf_number.h"

typedef unsigned __int128 wide;

/* m 2^e, m != 0 unless the value is. */
struct value {
	wide m;
	int e, is_negative;
};

enum {
	QUICK = 18,
	WORD = 1000000000,
	WORD_DIGITS = 9,
	DOUBLE_POINT = 40, /* words before the point, and with those behind it */
	DOUBLE_WORDS = DOUBLE_POINT + 130,
	LONG_POINT = 560,
	LONG_WORDS = LONG_POINT + 1850,
};

/* d.ddd 10^exponent, zeros behind; count is 0 for zero. The digits are text, or, if
 * that is NULL, those of words behind the first `skip`. */
struct digits {
	const char *text;
	const uint32_t *words;
	int skip, count, exponent;
};

/* 10^n is more than any number of n digits. */
static const uint64_t ten_to[QUICK + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
	10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000,
	100000000000000000, 1000000000000000000,
};

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static int sign_of(const struct conversion *c, int is_negative, char *prefix)
{
	if (!is_negative && !(c->flags & (PLUS | SPACE)))
		return 0;
	*prefix = is_negative ? '-' : c->flags & PLUS ? '+' : ' ';
	return 1;
}

/* Infinity, or what is no number. */
static int put_name(FILE *f, const struct conversion *c, int is_negative,
                    int is_infinite)
{
	struct conversion plain = *c;
	char prefix[1];
	int sign = sign_of(c, is_negative, prefix);

	plain.flags &= ~ZEROS;
	put_before(f, &plain, prefix, sign, sign + 3);
	put_few(f, c->type & 32 ? is_infinite ? "inf" : "nan"
	           : is_infinite ? "INF" : "NAN", 3);
	put_behind(f, &plain, sign + 3);
	return larger(c->width, sign + 3);
}

/* --- digits to text --- */

static char digit(const struct digits *d, long i)
{
	if (d->text != NULL)
		return d->text[i];
	i += d->skip;
	return (char)('0' + d->words[i / WORD_DIGITS] /
	              ten_to[WORD_DIGITS - 1 - i % WORD_DIGITS] % 10);
}

/* Digits from the `from`th on, `count` of them, with zeros beyond the last. */
static void put_digits(FILE *f, const struct digits *d, long from, long count)
{
	long here = d->count - from < count ? d->count - from : count;

	here = here > 0 ? here : 0;
	if (d->text != NULL) {
		put_text(f, d->text + from, (size_t)here);
	} else {
		for (long i = from; i < from + here; i++) {
			char c = digit(d, i);
			put_few(f, &c, 1);
		}
	}
	put_repeated(f, '0', count - here);
}

static char *exponent_text(char *end, char type, int exponent)
{
	char *at = __printf_decimal(end, exponent < 0 ? -exponent : exponent);

	while (end - at < 2)
		*--at = '0';
	*--at = exponent < 0 ? '-' : '+';
	*--at = type;
	return at;
}

static int put_decimal(FILE *f, const struct conversion *c, int is_negative,
                       struct digits d)
{
	char prefix[1], room[8], *room_end = room + sizeof room, *exponent = room_end;
	int sign = sign_of(c, is_negative, prefix), is_fixed, has_point;
	int precision = c->precision < 0 ? 6 : c->precision;
	char type = c->type;
	long length;

	if ((type | 32) == 'g') {
		precision = precision == 0 ? 1 : precision;
		is_fixed = precision > d.exponent && d.exponent >= -4;
		precision -= is_fixed ? d.exponent + 1 : 1;
		type -= 'g' - 'e';
		if (!(c->flags & ALTERNATE)) {
			int behind;
			while (d.count > 0 && digit(&d, d.count - 1) == '0')
				d.count--;
			behind = d.count - 1 - (is_fixed ? d.exponent : 0);
			behind = d.count > 0 && behind > 0 ? behind : 0;
			precision = precision < behind ? precision : behind;
		}
	} else {
		is_fixed = (type | 32) == 'f';
	}
	has_point = precision > 0 || (c->flags & ALTERNATE);
	if (!is_fixed)
		exponent = exponent_text(room_end, type, d.exponent);
	length = (long)sign + 1 + has_point + precision + (room_end - exponent);
	if (is_fixed && d.exponent > 0)
		length += d.exponent;
	if (length > INT_MAX)
		return -1;
	put_before(f, c, prefix, sign, (int)length);
	if (!is_fixed || d.exponent >= 0) {
		long whole = is_fixed ? (long)d.exponent + 1 : 1;
		put_digits(f, &d, 0, whole);
		put_few(f, ".", (size_t)has_point);
		put_digits(f, &d, whole, precision);
	} else {
		long zeros = -1L - d.exponent;
		zeros = zeros < precision ? zeros : precision;
		put_few(f, "0.", 1 + (size_t)has_point);
		put_repeated(f, '0', zeros);
		put_digits(f, &d, 0, precision - zeros);
	}
	put_few(f, exponent, (size_t)(room_end - exponent));
	put_behind(f, c, (int)length);
	return larger(c->width, (int)length);
}

/* --- up to 18 digits --- */

static enum rest compared(wide rest, wide by)
{
	return rest == 0          ? NOTHING
	       : rest < by - rest ? LESS
	       : rest > by - rest ? MORE
	                          : HALF;
}

/* m 2^e 10^n, which is less than 10^18, as an integer; bit 63 of m is set. Returns
 * what is cut off, UNKNOWN where the product cannot say. */
static enum rest scaled(uint64_t m, int e, int n, uint64_t *result)
{
	struct power_of_five five;
	struct product v;
	int cut;

	if (n < 0 && -n <= QUICK && e <= 0 && e > -64 &&
	    (e == 0 || m << (64 + e) == 0)) {
		/* An integer: that 10^-n divides it is frequent. */
		*result = (m >> -e) / ten_to[-n];
		return compared((m >> -e) % ten_to[-n], ten_to[-n]);
	}
	if (!__power_of_five(&five, n))
		return UNKNOWN;
	v = multiply(m, &five);
	cut = -(e + n + five.e) - 128;
	if (cut < 1)
		return UNKNOWN;
	if (cut > 64) {
		*result = 0;
		return LESS;
	}
	*result = cut == 64 ? 0 : v.high >> cut;
	return rest_of(&v, cut, n >= 0 && n <= FIVE_EXACT, 0, FIVE_ERROR);
}

/* `places` digits behind the point, or in all. Returns 0 where exact arithmetic has
 * to find them. */
static int quick_digits(const struct value *v, int is_fixed, int places,
                        char text[QUICK], struct digits *d)
{
	uint64_t m = (uint64_t)v->m, whole;
	int zeros = __builtin_clzll(m), e = v->e - zeros, n;
	int exponent = (e + 63) * 78913 >> 18; /* log10: this, or one more */
	enum rest rest;
	char *at;

	m <<= zeros;
	if (places > FIVE_MAX || places + (is_fixed ? exponent + 1 : 0) >= QUICK)
		return 0;
	for (;; exponent++) {
		n = is_fixed ? places : places - 1 - exponent;
		rest = scaled(m, e, n, &whole);
		if (rest == UNKNOWN)
			return 0;
		if (is_fixed || whole < ten_to[places])
			break;
	}
	if (rest != NOTHING)
		whole += rounds_up((int)(whole & 1), rest, v->is_negative);
	at = __printf_decimal(text + QUICK, whole);
	*d = (struct digits){.text = at, .count = (int)(text + QUICK - at)};
	d->exponent = d->count == 0 ? 0 : d->count - 1 - n;
	return 1;
}

/* --- exact: words of nine digits, the last before the point is words[point] --- */

struct words {
	uint32_t *words;
	int first, point, end;
};

static void double_words(struct words *w, int bits)
{
	uint32_t carry = 0;

	for (int i = w->end - 1; i >= w->first; i--) {
		uint64_t x = ((uint64_t)w->words[i] << bits) + carry;
		w->words[i] = (uint32_t)(x % WORD);
		carry = (uint32_t)(x / WORD);
	}
	if (carry != 0)
		w->words[--w->first] = carry;
}

/* Up to nine times: so often can WORD be halved. */
static void halve_words(struct words *w, int bits)
{
	uint32_t carry = 0, mask = (1U << bits) - 1;

	for (int i = w->first; i < w->end; i++) {
		uint32_t x = w->words[i];
		w->words[i] = (x >> bits) + carry;
		carry = (x & mask) * (uint32_t)(WORD >> bits);
	}
	if (carry != 0)
		w->words[w->end++] = carry;
	while (w->first < w->end && w->words[w->first] == 0)
		w->first++;
}

static void make_words(struct words *w, const struct value *v)
{
	wide m = v->m;

	w->first = w->end = w->point + 1;
	for (; m != 0; m /= WORD)
		w->words[--w->first] = (uint32_t)(m % WORD);
	for (int e = v->e; e > 0; e -= 29)
		double_words(w, e < 29 ? e : 29);
	for (int e = -v->e; e > 0; e -= 9)
		halve_words(w, e < 9 ? e : 9);
}

/* Cuts all off behind the first `count` digits, which may be none, and rounds. */
static void round_words(struct words *w, int skip, long count, int is_negative)
{
	long at = skip + count, k = at / WORD_DIGITS;
	uint32_t unit, below, *word;
	enum rest rest;
	int is_odd;

	if (w->first + k >= w->end)
		return;
	/* The word that the first digit cut off is in. */
	word = &w->words[w->first + k];
	unit = (uint32_t)ten_to[WORD_DIGITS - at % WORD_DIGITS];
	below = *word % unit;
	rest = compared(below, unit);
	for (int i = w->first + (int)k + 1; i < w->end; i++) {
		if (w->words[i] != 0) {
			rest = rest == NOTHING ? LESS : rest == HALF ? MORE : rest;
			break;
		}
	}
	w->end = w->first + (int)k + 1;
	is_odd = unit == WORD ? k > 0 && word[-1] & 1 : *word / unit & 1;
	*word -= below;
	if (rest == NOTHING || !rounds_up(is_odd, rest, is_negative))
		return;
	for (*word += unit; *word >= WORD; ++*word) {
		*word-- -= WORD;
		if (word < w->words + w->first)
			w->words[--w->first] = 0;
	}
}

static int leading_zeros(const struct words *w)
{
	int zeros = WORD_DIGITS;

	for (uint32_t x = w->words[w->first]; x != 0; x /= 10)
		zeros--;
	return zeros;
}

static int exponent_of(const struct words *w)
{
	return (w->point - w->first + 1) * WORD_DIGITS - 1 - leading_zeros(w);
}

static int put_exactly(FILE *f, const struct conversion *c,
                       const struct value *v, int is_fixed, int places,
                       struct words *w)
{
	struct digits d = {0};
	long count;

	make_words(w, v);
	count = is_fixed ? (long)exponent_of(w) + 1 + places : places;
	if (count < 0) { /* nothing, or 1 at the last place */
		if (rounds_up(0, LESS, v->is_negative)) {
			d = (struct digits){
				.text = "1", .count = 1, .exponent = -places};
		} else {
			d.text = "";
		}
		return put_decimal(f, c, v->is_negative, d);
	}
	round_words(w, leading_zeros(w), count, v->is_negative);
	while (w->end > w->first && w->words[w->end - 1] == 0)
		w->end--;
	if (w->first < w->end) {
		d.exponent = exponent_of(w);
		d.skip = leading_zeros(w);
		d.words = w->words + w->first;
		d.count = (w->end - w->first) * WORD_DIGITS - d.skip;
	} else {
		d.text = "";
	}
	return put_decimal(f, c, v->is_negative, d);
}

/* Not inlined: the other paths have no such frames. */
static __attribute__((__noinline__)) int
put_double_exactly(FILE *f, const struct conversion *c, const struct value *v,
                   int is_fixed, int places)
{
	uint32_t words[DOUBLE_WORDS];
	struct words w = {.words = words, .point = DOUBLE_POINT};

	return put_exactly(f, c, v, is_fixed, places, &w);
}

static __attribute__((__noinline__)) int
put_long_double_exactly(FILE *f, const struct conversion *c,
                        const struct value *v, int is_fixed, int places)
{
	uint32_t words[LONG_WORDS];
	struct words w = {.words = words, .point = LONG_POINT};

	return put_exactly(f, c, v, is_fixed, places, &w);
}

/* --- %a: 0x1.ddd p e, whatever the value's own exponent --- */

enum { HEX_BITS = 112 }; /* behind the point: 28 digits */

static int bit_length(wide m)
{
	return m >> 64  ? 128 - __builtin_clzll((uint64_t)(m >> 64))
	       : m != 0 ? 64 - __builtin_clzll((uint64_t)m)
	                : 0;
}

static wide round_hexadecimal(wide m, int digits, int is_negative)
{
	int cut = HEX_BITS - 4 * digits;
	wide unit = (wide)1 << cut;
	enum rest rest = compared(m & (unit - 1), unit);

	m >>= cut;
	if (rest != NOTHING)
		m += (unsigned)rounds_up((int)m & 1, rest, is_negative);
	return m << cut;
}

static int put_hexadecimal(FILE *f, const struct conversion *c,
                           const struct value *v)
{
	const char *names = c->type & 32 ? "0123456789abcdef" : "0123456789ABCDEF";
	char prefix[3], body[2 + HEX_BITS / 4], room[8], *end = room + sizeof room;
	char *at;
	int sign = sign_of(c, v->is_negative, prefix), behind = 0;
	int bits = bit_length(v->m), e = v->m == 0 ? 0 : v->e + bits - 1;
	wide m = v->m == 0 ? 0 : v->m << (HEX_BITS + 1 - bits);
	size_t body_length;
	long length, zeros;

	if (c->precision >= 0 && c->precision < HEX_BITS / 4)
		m = round_hexadecimal(m, c->precision, v->is_negative);
	prefix[sign] = '0';
	prefix[sign + 1] = c->type & 32 ? 'x' : 'X';
	body[0] = names[(int)(m >> HEX_BITS)];
	body[1] = '.';
	for (m <<= 128 - HEX_BITS; m != 0; m <<= 4)
		body[2 + behind++] = names[(int)(m >> 124)];
	at = __printf_decimal(end, e < 0 ? -e : e);
	if (at == end)
		*--at = '0';
	*--at = e < 0 ? '-' : '+';
	*--at = c->type + ('p' - 'a');
	zeros = c->precision > behind ? c->precision - behind : 0;
	body_length = behind > 0 || zeros > 0 || (c->flags & ALTERNATE)
	              ? 2 + behind : 1;
	length = sign + 2 + (long)body_length + zeros + (end - at);
	if (length > INT_MAX)
		return -1;
	put_before(f, c, prefix, sign + 2, (int)length);
	put_few(f, body, body_length);
	put_repeated(f, '0', zeros);
	put_few(f, at, (size_t)(end - at));
	put_behind(f, c, (int)length);
	return larger(c->width, (int)length);
}

/* --- entries --- */

static int put_value(FILE *f, const struct conversion *c, const struct value *v,
                     int is_double)
{
	char text[QUICK];
	struct digits d = {.text = text};
	int is_fixed = (c->type | 32) == 'f';
	int places = c->precision < 0 ? 6 : c->precision;

	if ((c->type | 32) == 'a')
		return put_hexadecimal(f, c, v);
	/* Behind the point, or in all. */
	if ((c->type | 32) == 'e' && places < INT_MAX)
		places++;
	else if ((c->type | 32) == 'g' && places == 0)
		places = 1;
	if (v->m == 0 || (is_double && quick_digits(v, is_fixed, places, text, &d)))
		return put_decimal(f, c, v->is_negative, d);
	return is_double ? put_double_exactly(f, c, v, is_fixed, places)
	                 : put_long_double_exactly(f, c, v, is_fixed, places);
}

int __printf_double(FILE *f, const struct conversion *c, double x)
{
	union {
		double x;
		uint64_t bits;
	} of = {x};
	int is_negative = of.bits >> 63, e = of.bits >> 52 & 0x7ff;
	uint64_t m = of.bits & (((uint64_t)1 << 52) - 1);
	struct value v;

	if (e == 0x7ff)
		return put_name(f, c, is_negative, m == 0);
	v = (struct value){e == 0 ? m : m | (uint64_t)1 << 52,
	                   (e == 0 ? 1 : e) - 1075, is_negative};
	return put_value(f, c, &v, 1);
}

int __printf_long_double(FILE *f, const struct conversion *c, long double x)
{
	union {
		long double x;
		wide bits;
	} of = {x};
	int is_negative = (int)(of.bits >> 127), e = (int)(of.bits >> 112) & 0x7fff;
	wide m = of.bits & (((wide)1 << 112) - 1);
	struct value v;

	if (e == 0x7fff)
		return put_name(f, c, is_negative, m == 0);
	v = (struct value){e == 0 ? m : m | (wide)1 << 112,
	                   (e == 0 ? 1 : e) - 16495, is_negative};
	/* A double's bits are the upper ones. */
	if (e > 16383 - 1000 && e < 16383 + 1000 && v.m << 68 == 0) {
		v.m >>= 60;
		v.e += 60;
		return put_value(f, c, &v, 1);
	}
	return put_value(f, c, &v, 0);
}
