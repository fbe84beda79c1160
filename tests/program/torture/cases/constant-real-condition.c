// options: -O0
// A condition that instruction selection can fold and that of -O0 for speed
// (FastISel) could on AArch64 alone: calls behind it were on one ISA only.
#include <math.h>

__attribute__((noinline)) static long cut(long double value)
{
    return (long)value;
}

__attribute__((noinline)) static long turn(long key)
{
    return sqrt(fabs(-7.0)) == 1e-3 ? cut(key) : cut(1e-3L) + key;
}

int main(void)
{
    return turn(5) == 5 ? 0 : 1;
}
