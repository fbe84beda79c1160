// Long doubles whose lower halves are zero, live across two calls: made of their
// halves behind the first, taken apart again before the second. Instruction selection
// saw on x86-64 that both lower halves are zero and made one entry of the record for
// both. The function was built again with fewer passes.
#include <math.h>
#include <stdarg.h>

static volatile int one = 1;

__attribute__((noinline)) static long take(int n, ...)
{
    va_list list;
    long sum;

    va_start(list, n);
    sum = (long)va_arg(list, long double);
    sum += (long)va_arg(list, long double);
    va_end(list);
    return one + sum + n;
}

__attribute__((noinline)) static void step(long *sum)
{
    *sum += one;
}

int main(void)
{
    long sum = 0;

    for (int i = 0; i < 3; i++) {
        sum += take(i, floorl(1.5L), ceill(3e10L));
        step(&sum);
    }
    return sum == 3 * (1 + 1 + 30000000000 + 1) + 3 ? 0 : 1;
}
