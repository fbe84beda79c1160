/* The digits are an integer w times a power of ten q. Where both are small the
 * processor rounds the one product or quotient. Else w 5^q with 192 bits is rounded,
 * when what is not known of it does not matter (D. Lemire, "Number parsing at a
 * gigabyte per second"; here in every rounding mode). */
#include <stdint.h>
#include "decimal.h"
#include "power_of_five.h"

enum { MOST_DIGITS = 19 }; /* that fit in 64 bits */

struct decimal {
	uint64_t w;
	int q, is_negative, is_cut; /* cut: w is less than what was there */
};

static const struct target {
	int bits, least, most; /* exponents of the first bit */
	int exact_q;           /* 10^q is a number of the type */
} targets[] = {{24, -126, 127, 10}, {53, -1022, 1023, 22}};

static const double ten_to[] = {
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static int is_digit(unsigned char c)
{
	return c - '0' < 10U;
}

/* Returns the end, or NULL. */
static const unsigned char *read_exponent(const unsigned char *s,
                                          const unsigned char *limit, int *q)
{
	int is_negative = 0, e = 0;

	if (s != limit && (*s == '+' || *s == '-'))
		is_negative = *s++ == '-';
	if (s == limit || !is_digit(*s))
		return 0;
	for (; s != limit && is_digit(*s); s++)
		e = e < 100000 ? 10 * e + (*s - '0') : e;
	*q += is_negative ? -e : e;
	return s;
}

static const unsigned char *read_decimal(const unsigned char *s,
                                         const unsigned char *limit,
                                         struct decimal *d)
{
	const unsigned char *point = 0;
	int digits = 0, is_any = 0;

	*d = (struct decimal){0};
	while (s != limit && (*s == ' ' || *s - '\t' < 5U))
		s++;
	if (s != limit && (*s == '+' || *s == '-'))
		d->is_negative = *s++ == '-';
	for (; s != limit; s++) {
		if (is_digit(*s)) {
			is_any = 1;
			if (digits < MOST_DIGITS) {
				d->w = 10 * d->w + (*s - '0');
				digits += d->w != 0;
				d->q -= point != 0;
			} else {
				d->is_cut |= *s != '0';
				d->q += point == 0;
			}
		} else if (*s == '.' && point == 0) {
			point = s;
		} else {
			break;
		}
		if (s[0] == '0' && digits == 0 && s + 1 != limit &&
		    (s[1] | 32) == 'x')
			return 0;
	}
	if (!is_any || d->q > 1 << 24 || d->q < -(1 << 24))
		return 0;
	return s != limit && (*s | 32) == 'e' ? read_exponent(s + 1, limit, &d->q)
	                                      : s;
}

static int is_small(const struct decimal *d, const struct target *t)
{
	return !d->is_cut && d->w >> t->bits == 0 && d->q <= t->exact_q &&
	       d->q >= -t->exact_q;
}

static double compute(const struct decimal *d, int prec)
{
	double w = (double)(int64_t)d->w;

	w = d->is_negative ? -w : w;
	if (prec == 0)
		return d->q < 0 ? (float)w / (float)ten_to[-d->q]
		                : (float)w * (float)ten_to[d->q];
	return d->q < 0 ? w / ten_to[-d->q] : w * ten_to[d->q];
}

/* Returns 0 where it cannot be told, or is not a normal number. */
static int round_product(const struct decimal *d, const struct target *t,
                         double *result)
{
	int zeros = __builtin_clzll(d->w), shift, cut, exponent;
	int is_exact = !d->is_cut && d->q >= 0 && d->q <= FIVE_EXACT;
	struct power_of_five five;
	struct product v;
	enum rest rest;
	uint64_t m, error;
	union {
		uint64_t bits;
		double x;
	} made;

	if (!__power_of_five(&five, d->q))
		return 0;
	v = multiply(d->w << zeros, &five);
	shift = __builtin_clzll(v.high); /* 0 or 1 */
	exponent = 191 - shift - zeros + five.e + d->q;
	if (exponent < t->least || exponent >= t->most)
		return 0;
	cut = 64 - shift - t->bits;
	/* w + 1 would be 2^zeros more. */
	error = d->is_cut ? ((uint64_t)2 << zeros) : 0;
	rest = rest_of(&v, cut, is_exact, error, FIVE_ERROR);
	if (rest == UNKNOWN)
		return 0;
	m = v.high >> cut;
	if (rest != NOTHING)
		m += rounds_up((int)(m & 1), rest, d->is_negative);
	/* m may be 2^bits: the exponent is then one more, as it should be. */
	made.bits = ((uint64_t)(exponent + 1022) << 52) + (m << (53 - t->bits));
	*result = d->is_negative ? -made.x : made.x;
	return 1;
}

const unsigned char *__decimal(const unsigned char *s,
                               const unsigned char *limit, int prec,
                               double *result)
{
	struct decimal d;
	const unsigned char *end = read_decimal(s, limit, &d);

	if (end == 0)
		return 0;
	if (d.w == 0)
		*result = d.is_negative ? -0.0 : 0.0;
	else if (is_small(&d, &targets[prec]))
		*result = compute(&d, prec);
	else if (!round_product(&d, &targets[prec], result))
		return 0;
	return end;
}
