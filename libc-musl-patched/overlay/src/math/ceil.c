/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

double ceil(double x)
{
	return __builtin_ceil(x);
}
