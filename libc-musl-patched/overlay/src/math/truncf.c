/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

float truncf(float x)
{
	return __builtin_truncf(x);
}
