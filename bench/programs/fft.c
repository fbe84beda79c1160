/* Fast Fourier transform, radix 2, in place: complex values in pairs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BITS = 14, N = 1 << BITS };
static double re[N], im[N], twiddle_re[N / 2], twiddle_im[N / 2];

static void reorder(void)
{
    for (unsigned i = 0, j = 0; i < N; i++) {
        if (i < j) {
            double r = re[i], m = im[i];
            re[i] = re[j];
            im[i] = im[j];
            re[j] = r;
            im[j] = m;
        }
        unsigned bit = N >> 1;
        for (; j & bit; bit >>= 1) {
            j ^= bit;
        }
        j |= bit;
    }
}

static void transform(void)
{
    reorder();
    for (unsigned half = 1; half < N; half *= 2) {
        unsigned stride = N / 2 / half;
        for (unsigned start = 0; start < N; start += 2 * half) {
            for (unsigned k = 0; k < half; k++) {
                double c = twiddle_re[k * stride], s = twiddle_im[k * stride];
                double *r = &re[start + k], *m = &im[start + k];
                double x = r[half] * c - m[half] * s;
                double y = r[half] * s + m[half] * c;
                r[half] = *r - x;
                m[half] = *m - y;
                *r += x;
                *m += y;
            }
        }
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1500;
    double power = 0;

    for (int i = 0; i < N / 2; i++) {
        twiddle_re[i] = cos(2 * 3.14159265358979323846 * i / N);
        twiddle_im[i] = -sin(2 * 3.14159265358979323846 * i / N);
    }
    for (int i = 0; i < N; i++) {
        re[i] = i % 97;
    }
    for (int r = 0; r < rounds; r++) {
        transform();
        for (int i = 0; i < N; i++) {
            re[i] *= 1.0 / 128;
            im[i] *= -1.0 / 128;
        }
    }
    for (int i = 0; i < N; i++) {
        power += re[i] * re[i] + im[i] * im[i];
    }
    printf("%.9g\n", power);
    return 0;
}
