/* musl's file, which computes in binary128, in front of it our own scan of what lies
 * in memory. */
#include <ctype.h>
#include "decimal.h"

#define __floatscan static scan_any
#include "src/internal/floatscan.c"
#undef __floatscan

hidden size_t __string_read(FILE *, unsigned char *, size_t);

/* musl's ends with x - x for what is too small, which is -0 when rounding downward. */
long double __floatscan_any(FILE *f, int prec, int pok)
{
	const unsigned char *s = f->rpos;
	int is_known, is_negative;
	long double result;

	while (s != f->shend && isspace(*s))
		s++;
	is_known = s != f->shend;
	is_negative = is_known && *s == '-';
	result = scan_any(f, prec, pok);
	return result != 0 || !is_known ? result : is_negative ? -0.0L : 0.0L;
}

long double __floatscan(FILE *f, int prec, int pok)
{
	const unsigned char *limit = f->shend, *end;
	double result;

	/* A string, or a stream that reads one: a null byte ends it. */
	if (limit == 0)
		return scan_any(f, prec, pok);
	if (limit == (void *)-1 ||
	    (limit == f->rend && f->read == __string_read && *limit == 0))
		limit = 0;
	end = prec > 1 ? 0 : __decimal(f->rpos, limit, prec, &result);
	/* What ends at the limit may go on behind it. */
	if (end == 0 || (limit != 0 && end == limit))
		return __floatscan_any(f, prec, pok);
	f->rpos = (unsigned char *)end;
	return result;
}
