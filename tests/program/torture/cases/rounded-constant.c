// floorl of a constant is folded by instruction selection only; both halves of the
// result are zero, and became one entry of the call's record. The function was
// built again with fewer passes.
#include <math.h>
#include <stdarg.h>

static volatile int one = 1;

__attribute__((noinline)) static long take(int n, ...)
{
    va_list list;
    va_start(list, n);
    long double small = va_arg(list, long double);
    int sum = va_arg(list, int);
    va_end(list);
    return one + sum + (small == 0.0L && !signbit(small)) + n;
}

int main(void)
{
    long sum = 0;
    for (int i = 0; i < 3; i++)
        sum += take(one, floorl(1e-3L), i);
    if (fabsl(-0.0L) != 0.0L || signbit(fabsl(-0.0L)) || !signbit(ceill(-0.5L)))
        return 1;
    return sum == 3 + 3 + 3 + 3 ? 0 : 2;
}
