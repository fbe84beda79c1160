/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

double sqrt(double x)
{
	return __builtin_sqrt(x);
}
