/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

float sqrtf(float x)
{
	return __builtin_sqrtf(x);
}
