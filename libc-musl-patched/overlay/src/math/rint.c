/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

double rint(double x)
{
	return __builtin_rint(x);
}
