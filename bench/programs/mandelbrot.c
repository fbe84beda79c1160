/* Mandelbrot set: a short loop of reals with an early exit. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1600;
    long total = 0;

    for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++) {
            double cr = 2.0 * x / n - 1.5, ci = 2.0 * y / n - 1.0;
            double zr = 0, zi = 0, rr = 0, ii = 0;
            int i = 0;
            for (; i < 200 && rr + ii <= 4.0; i++) {
                zi = 2.0 * zr * zi + ci;
                zr = rr - ii + cr;
                rr = zr * zr;
                ii = zi * zi;
            }
            total += i;
        }
    }
    printf("%ld\n", total);
    return 0;
}
