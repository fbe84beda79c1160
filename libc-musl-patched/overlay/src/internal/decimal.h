/* Decimal numbers in memory to double and float, for strtod and scanf. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <features.h>

/* A number at s: spaces, sign, digits, exponent, nothing of it at `limit` or beyond,
 * NULL if a byte ends it that no number has. prec as in __floatscan: 0 float, 1
 * double. Returns its end and sets *result, rounded as the program's mode says; or
 * NULL where __floatscan has to look at it: names, hexadecimals, what is no number,
 * results that are subnormal or too large, values too near to a limit of rounding. */
hidden const unsigned char *__decimal(const unsigned char *s,
                                      const unsigned char *limit, int prec,
                                      double *result);

/* __floatscan of a stream that __decimal has looked at, in vain. */
struct _IO_FILE;
hidden long double __floatscan_any(struct _IO_FILE *, int prec, int pok);

#endif
