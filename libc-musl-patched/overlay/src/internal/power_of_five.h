/* Powers of five with 128 bits, for printf and strtod of doubles, and products with
 * them, of 192 bits. */
#ifndef POWER_OF_FIVE_H
#define POWER_OF_FIVE_H

#include <features.h>
#include <stdint.h>

#define FIVE_MIN (-13 * 27)
#define FIVE_MAX (13 * 27 + 26)

/* 5^n = (high 2^64 + low + error) 2^e with bit 127 set and 0 <= error < FIVE_ERROR;
 * with no error for 0 <= n <= FIVE_EXACT. */
#define FIVE_ERROR 4
#define FIVE_EXACT 53

struct power_of_five {
	uint64_t high, low;
	int e;
};

/* Returns 0 if n is beyond FIVE_MIN and FIVE_MAX. */
hidden int __power_of_five(struct power_of_five *, int n);

struct product {
	uint64_t high, middle, low;
};

static inline struct product multiply(uint64_t m, const struct power_of_five *p)
{
	unsigned __int128 low = (unsigned __int128)m * p->low;
	unsigned __int128 high = (unsigned __int128)m * p->high +
	                         (uint64_t)(low >> 64);

	return (struct product){(uint64_t)(high >> 64), (uint64_t)high,
	                        (uint64_t)low};
}

/* What is left of a number where it is cut off. */
enum rest { NOTHING, LESS, HALF, MORE, UNKNOWN };

/* The rest when all but the first `64 - cut` bits of v are cut off, 1 <= cut <= 64,
 * and the number is up to (error 2^64) more than v; is_exact: it is v. */
static inline enum rest rest_of(const struct product *v, int cut, int is_exact,
                                uint64_t error_high, uint64_t error)
{
	uint64_t half = (uint64_t)1 << (cut - 1);
	uint64_t ones = half - 1 + half;
	uint64_t at = v->high & ones, up = v->middle + error, up_at;
	int is_round = (v->middle | v->low) == 0;

	if (is_exact) {
		if (at == 0 && is_round)
			return NOTHING;
		return at < half ? LESS : at > half || !is_round ? MORE : HALF;
	}
	/* No limit may lie between v and the most that the number can be. */
	up_at = at + error_high + (up < error);
	if (up_at < at || up_at > ones || (is_round && (at == 0 || at == half)))
		return UNKNOWN;
	return up_at < half ? LESS : at >= half ? MORE : UNKNOWN;
}

/* Whether a magnitude is rounded up in the mode that is set, asked of the processor,
 * which also raises the flag. */
static inline int rounds_up(int is_odd, enum rest rest, int is_negative)
{
	double sign = is_negative ? -1 : 1;
	volatile double even_or_odd = sign * (is_odd ? 0x1p53 + 2 : 0x1p53);
	volatile double more = sign * 0.5 * rest;

	return rest != NOTHING && even_or_odd + more != even_or_odd;
}

#endif
