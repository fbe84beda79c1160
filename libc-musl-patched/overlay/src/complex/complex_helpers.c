/* The functions the compiler calls for complex * and / (C11 annex G), through
 * the neutral route: the prebuilt ones pass and return complex numbers as their
 * own ISA does.  A product or quotient that came out as NaN + iNaN is redone
 * with infinities boxed, as annex G.5.1 defines. */
#include <math.h>

#define BOX(copysign, x) (copysign(isinf(x) ? 1 : 0, (x)))
#define ZERO_IF_NAN(copysign, x) (isnan(x) ? copysign(0, (x)) : (x))

#define COMPLEX_HELPERS(type, suffix_mul, suffix_div, copysign, logb, scalbn, \
	fmax, fabs) \
_Complex type suffix_mul(type a, type b, type c, type d) \
{ \
	type ac = a*c, bd = b*d, ad = a*d, bc = b*c; \
	type re = ac - bd, im = ad + bc; \
	if (isnan(re) && isnan(im)) { \
		int recalc = 0; \
		if (isinf(a) || isinf(b)) { \
			a = BOX(copysign, a); \
			b = BOX(copysign, b); \
			c = ZERO_IF_NAN(copysign, c); \
			d = ZERO_IF_NAN(copysign, d); \
			recalc = 1; \
		} \
		if (isinf(c) || isinf(d)) { \
			c = BOX(copysign, c); \
			d = BOX(copysign, d); \
			a = ZERO_IF_NAN(copysign, a); \
			b = ZERO_IF_NAN(copysign, b); \
			recalc = 1; \
		} \
		if (!recalc && (isinf(ac) || isinf(bd) \
		    || isinf(ad) || isinf(bc))) { \
			a = ZERO_IF_NAN(copysign, a); \
			b = ZERO_IF_NAN(copysign, b); \
			c = ZERO_IF_NAN(copysign, c); \
			d = ZERO_IF_NAN(copysign, d); \
			recalc = 1; \
		} \
		if (recalc) { \
			re = (type)INFINITY * (a*c - b*d); \
			im = (type)INFINITY * (a*d + b*c); \
		} \
	} \
	return __builtin_complex(re, im); \
} \
\
_Complex type suffix_div(type a, type b, type c, type d) \
{ \
	int scale = 0; \
	type exponent = logb(fmax(fabs(c), fabs(d))); \
	if (isfinite(exponent)) { \
		scale = (int)exponent; \
		c = scalbn(c, -scale); \
		d = scalbn(d, -scale); \
	} \
	type denominator = c*c + d*d; \
	type re = scalbn((a*c + b*d) / denominator, -scale); \
	type im = scalbn((b*c - a*d) / denominator, -scale); \
	if (isnan(re) && isnan(im)) { \
		if (denominator == 0 && (!isnan(a) || !isnan(b))) { \
			re = copysign((type)INFINITY, c) * a; \
			im = copysign((type)INFINITY, c) * b; \
		} else if ((isinf(a) || isinf(b)) \
		    && isfinite(c) && isfinite(d)) { \
			a = BOX(copysign, a); \
			b = BOX(copysign, b); \
			re = (type)INFINITY * (a*c + b*d); \
			im = (type)INFINITY * (b*c - a*d); \
		} else if (isinf(exponent) && exponent > 0 \
		    && isfinite(a) && isfinite(b)) { \
			c = BOX(copysign, c); \
			d = BOX(copysign, d); \
			re = 0 * (a*c + b*d); \
			im = 0 * (b*c - a*d); \
		} \
	} \
	return __builtin_complex(re, im); \
}

COMPLEX_HELPERS(float, __mulsc3, __divsc3, copysignf, logbf, scalbnf, fmaxf,
	fabsf)
COMPLEX_HELPERS(double, __muldc3, __divdc3, copysign, logb, scalbn, fmax, fabs)
COMPLEX_HELPERS(long double, __multc3, __divtc3, copysignl, logbl, scalbnl,
	fmaxl, fabsl)
