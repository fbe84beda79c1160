/* Vector elements with a variable index, across call sites: back ends kept the
 * vector in the control stack, in slots no frame map describes. */
#include <stdio.h>

typedef int v4 __attribute__((vector_size(16)));
typedef double d4 __attribute__((vector_size(32)));
typedef unsigned char b16 __attribute__((vector_size(16)));

__attribute__((noinline)) static int index_of(int i, int rounds)
{
    volatile int sum = 0;

    for (int k = 0; k < rounds; k++) {
        sum += i;
    }
    return sum & 3;
}

__attribute__((noinline)) static int constant(int i)
{
    int j = index_of(i, 3);
    v4 table = {11, 22, 33, 44};

    return table[j];
}

__attribute__((noinline)) static int both(int i, v4 x)
{
    v4 table = {1, 2, 3, 4};
    int a = table[i & 3], j = index_of(i, 3), b = table[j], k;

    x[j] = a;
    k = index_of(j, 2);
    return x[k] + a * 100 + b * 10000;
}

__attribute__((noinline)) static double doubles(int i, d4 x)
{
    d4 table = {1.5, 2.5, 3.5, 4.5};
    int j = index_of(i, 1), k;

    x += table;
    k = index_of(j, 5);
    return x[k] * table[j];
}

__attribute__((noinline)) static int bytes(int i)
{
    b16 t = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 11, 12, 13, 14, 15, 16};
    int sum = 0;

    for (int k = 0; k < 16; k++) {
        int j = index_of(i + k, 2);
        sum = sum * 3 + t[(j * 5 + k) & 15];
        t[(j + k) & 15] ^= (unsigned char)k;
    }
    for (int k = 0; k < 16; k++) {
        sum = (int)((unsigned)sum * 5u + t[k]);
    }
    return sum;
}

int main(int argc, char **argv)
{
    unsigned long s = 0;

    (void)argv;
    for (int i = 0; i < 20; i++) {
        s = s * 31 + (unsigned long)constant(i + argc - 1);
        s = s * 31 + (unsigned long)both(i, (v4){i, i + 1, i + 2, i + 3});
        s = s * 31 + (unsigned long)(doubles(i, (d4){i, 2, 3, i * 2}) * 8);
        s = s * 31 + (unsigned long)bytes(i);
    }
    printf("%lx\n", s);
    return 0;
}
