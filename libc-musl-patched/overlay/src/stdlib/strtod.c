/* Decimal numbers without a stream around them; musl's scan for all others. */
#include <stdlib.h>
#include "decimal.h"
#include "floatscan.h"
#include "shgetc.h"

static long double scan(const char *restrict s, char **restrict end, int prec)
{
	FILE f;
	long double result;

	sh_fromstring(&f, s);
	shlim(&f, 0);
	result = __floatscan_any(&f, prec, 1);
	if (end != 0)
		*end = (char *)s + shcnt(&f);
	return result;
}

static double convert(const char *restrict s, char **restrict end, int prec)
{
	double result;
	const unsigned char *behind =
		__decimal((const unsigned char *)s, 0, prec, &result);

	if (behind == 0)
		return (double)scan(s, end, prec);
	if (end != 0)
		*end = (char *)behind;
	return result;
}

float strtof(const char *restrict s, char **restrict end)
{
	return (float)convert(s, end, 0);
}

double strtod(const char *restrict s, char **restrict end)
{
	return convert(s, end, 1);
}

long double strtold(const char *restrict s, char **restrict end)
{
	return scan(s, end, 2);
}
