/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

double fabs(double x)
{
	return __builtin_fabs(x);
}
