/* A quicksort of our own with a comparison callback: an indirect call in the
 * inner loop. */
#include <stdio.h>
#include <stdlib.h>

typedef int compare(const unsigned *, const unsigned *);

static int ascending(const unsigned *x, const unsigned *y)
{
    return *x < *y ? -1 : *x > *y;
}

static int by_low_bits(const unsigned *x, const unsigned *y)
{
    return (int)(*x & 0xffff) - (int)(*y & 0xffff);
}

static void sort(unsigned *v, long n, compare *cmp)
{
    while (n > 1) {
        unsigned pivot = v[(n - 1) / 2];
        long i = -1, j = n;
        for (;;) {
            do {
                i++;
            } while (cmp(&v[i], &pivot) < 0);
            do {
                j--;
            } while (cmp(&v[j], &pivot) > 0);
            if (i >= j) {
                break;
            }
            unsigned t = v[i];
            v[i] = v[j];
            v[j] = t;
        }
        sort(v, j + 1, cmp);
        v += j + 1;
        n -= j + 1;
    }
}

int main(int argc, char **argv)
{
    long n = 1000000, rounds = argc > 1 ? atoi(argv[1]) : 12;
    unsigned *v = malloc(n * sizeof *v), seed = 1;
    unsigned long sum = 0;
    for (long r = 0; r < rounds; r++) {
        for (long i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            v[i] = seed;
        }
        sort(v, n, r % 2 ? by_low_bits : ascending);
        for (long i = 0; i < n; i += 1000) {
            sum = sum * 31 + v[i];
        }
    }
    printf("%lu\n", sum);
    return 0;
}
