/* Vectors in first-level cache: y += a x, and a sum of products in order. */
#include <stdio.h>
#include <stdlib.h>

enum { N = 4096 };
static float x[N], y[N];
static int u[N];

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 800000;
    unsigned hash = 1;

    for (int i = 0; i < N; i++) {
        x[i] = (float)(i % 17) * 0.25f;
        y[i] = (float)(i % 5);
        u[i] = i * 2654435;
    }
    for (int r = 0; r < rounds; r++) {
        float a = r % 2 ? 0.5f : -0.5f;
        for (int i = 0; i < N; i++) {
            y[i] += a * x[i];
        }
        if (r % 4 == 0) {
            for (int i = 0; i < N; i++) {
                hash += (unsigned)(u[i] ^ r);
            }
        }
    }
    float sum = 0;
    for (int i = 0; i < N; i++) {
        sum += x[i] * y[i];
    }
    printf("%.6g %u\n", sum, hash);
    return 0;
}
