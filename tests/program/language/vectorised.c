/* Loops the optimiser turns into vector code: sums, maps, searches, matrices,
 * conversions, interleaved data, with moves between and within iterations. */
#include "language.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#define N 203

static int ints[N];
static float floats[N];
static double doubles[N];
static uint8_t bytes[N];
static int16_t shorts[N];
static struct {
    float x, y, z;
} points[N];

static NOINLINE void fill(void)
{
    for (int i = 0; i < N; i++) {
        ints[i] = i * 7919 % 1000 - 500;
        floats[i] = (float)ints[i] / 8;
        doubles[i] = ints[i] * 1.25;
        bytes[i] = (uint8_t)(i * 31);
        shorts[i] = (int16_t)(i * 300);
        points[i].x = (float)i;
        points[i].y = (float)(2 * i);
        points[i].z = (float)(i % 5);
    }
}

static NOINLINE long sum_ints(int n)
{
    long sum = 0;
    for (int i = 0; i < n; i++) {
        sum += ints[i];
    }
    return sum;
}

static NOINLINE unsigned sum_bytes(int n)
{
    unsigned sum = 0;
    for (int i = 0; i < n; i++) {
        sum += bytes[i] * bytes[n - 1 - i];
    }
    return sum;
}

static NOINLINE void axpy(double *restrict y, const double *restrict x,
                          double a, int n)
{
    for (int i = 0; i < n; i++) {
        y[i] += a * x[i];
    }
}

static NOINLINE int largest(const int *v, int n)
{
    int best = v[0], where = 0;
    for (int i = 1; i < n; i++) {
        if (v[i] > best) {
            best = v[i];
            where = i;
        }
    }
    return best * 1000 + where;
}

static NOINLINE void convert(int n)
{
    for (int i = 0; i < n; i++) {
        floats[i] = (float)shorts[i] * 0.5f + (float)bytes[i];
        ints[i] = (int)floats[i] ^ (shorts[i] < 0 ? -1 : 0);
    }
}

static NOINLINE void lengths(float *out, int n)
{
    for (int i = 0; i < n; i++) {
        out[i] = sqrtf(points[i].x * points[i].x + points[i].y * points[i].y +
                       points[i].z * points[i].z);
    }
}

static NOINLINE int find(const uint8_t *v, uint8_t what, int n)
{
    for (int i = 0; i < n; i++) {
        if (v[i] == what) {
            return i;
        }
    }
    return -1;
}

/* The sum is live, as a vector, over the call in the outer loop. */
static NOINLINE double with_calls(int rounds)
{
    double sums[4] = {0};
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 4; i++) {
            sums[i] += doubles[r * 4 + i] * (r + 1);
        }
        point();
    }
    return sums[0] + 2 * sums[1] + 3 * sums[2] + 4 * sums[3];
}

#define M 16
static float left[M][M], right[M][M], product[M][M];

static NOINLINE void multiply(void)
{
    for (int i = 0; i < M; i++) {
        for (int j = 0; j < M; j++) {
            left[i][j] = (float)(i - j);
            right[i][j] = (float)(i * j % 7);
            product[i][j] = 0;
        }
    }
    point();
    for (int i = 0; i < M; i++) {
        for (int k = 0; k < M; k++) {
            for (int j = 0; j < M; j++) {
                product[i][j] += left[i][k] * right[k][j];
            }
        }
    }
}

static NOINLINE void reverse_and_select(short *out, int n)
{
    for (int i = 0; i < n; i++) {
        short v = shorts[n - 1 - i];
        out[i] = v > 1000 ? 1000 : v < -1000 ? -1000 : v;
    }
}

static NOINLINE uint32_t mix(uint32_t seed, int n)
{
    uint32_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7;
    for (int i = 0; i < n; i++) {
        a = a * 1664525 + 1013904223;
        b = b * 22695477 + 1;
        c = (c << 5) ^ (c >> 3) ^ a;
        d += c ^ b;
    }
    return a ^ b ^ c ^ d;
}

int main(void)
{
    static double y[N];
    static float out[N];
    static short selected[N];

    fill();
    printf("ints %ld %ld\n", sum_ints(N), sum_ints((int)hidden(77)));
    printf("bytes %u\n", sum_bytes(N));
    axpy(y, doubles, 0.5, N);
    axpy(y, doubles, -2, (int)hidden(50));
    printf("axpy %.17g %.17g %08x\n", y[0], y[N - 1], hash(y, 80));
    printf("largest %d\n", largest(ints, N));
    convert((int)hidden(N));
    printf("convert %08x %08x\n", hash(floats, 80), hash(ints, 80));
    lengths(out, N);
    printf("lengths %.9g %08x\n", out[N - 1], hash(out, 80));
    printf("find %d %d\n", find(bytes, 93, N), find(bytes, 1, 3));
    printf("calls %.17g\n", with_calls(50));
    multiply();
    printf("product %g %g %08x\n", product[3][4], product[15][15],
           hash(product[7], sizeof(product[7])));
    reverse_and_select(selected, N);
    printf("selected %08x\n", hash(selected, 80));
    printf("mix %u\n", mix(12345, 300));
    return 0;
}
