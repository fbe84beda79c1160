/* One instruction on every supported ISA, with the result IEEE 754 defines. */
#include <math.h>

float nearbyintf(float x)
{
	return __builtin_nearbyintf(x);
}
