/* LLVM #119792/#93414, AArch64 selection: with -ffinite-math-only alone, a > b ? a : b becomes
 * fmaxnm, which puts +0 over -0; AArch64 prints "0 -0", x86-64 the right "-0 0". -O1 and up,
 * -ffinite-math-only. */
/* flags: -O2,-ffinite-math-only */
/* right: -0 0 */
#include <stdio.h>

__attribute__((noinline)) float larger(float a, float b)
{
    return a > b ? a : b;
}

__attribute__((noinline)) double smaller(double a, double b)
{
    return a < b ? a : b;
}

int main(void)
{
    volatile float f = 0;
    volatile double d = 0;
    printf("%g %g\n", larger(f, -f), smaller(-d, d));
    return 0;
}
