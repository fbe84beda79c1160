/* Pairs of vectors are spilled around the calls of cos and sin, by stores of
 * register lists (AArch64's st1 and st2), and stored in turn. */
#include <math.h>
#include <string.h>

typedef struct { double re, im; } complex_number;
typedef struct { float r, g, b; } triple;
typedef struct { double a, b, c, d; } quadruple;

__attribute__((noinline)) static void fill(int n, complex_number *e)
{
    for (int i = 0; i < n; i++) {
        double t = i * 0.5;

        e[i].re = cos(t);
        e[i].im = sin(t);
    }
}

__attribute__((noinline)) static void triples(int n, triple *e)
{
    for (int i = 0; i < n; i++) {
        float t = (float)i * 0.25f;

        e[i].r = cosf(t);
        e[i].g = sinf(t);
        e[i].b = expf(-t);
    }
}

__attribute__((noinline)) static void quadruples(int n, quadruple *e)
{
    for (int i = 0; i < n; i++) {
        double t = i * 0.125;

        e[i].a = cos(t);
        e[i].b = sin(t);
        e[i].c = log(t + 1);
        e[i].d = exp(t);
    }
}

/* The same, one function at a time. */
__attribute__((optnone, noinline)) static int wrong(int n, complex_number *x,
                                                    triple *y, quadruple *z)
{
    for (int i = 0; i < n; i++) {
        double t = i * 0.5, u = i * 0.125;
        float s = (float)i * 0.25f;
        complex_number a = {cos(t), sin(t)};
        triple b = {cosf(s), sinf(s), expf(-s)};
        quadruple c = {cos(u), sin(u), log(u + 1), exp(u)};

        if (memcmp(&a, &x[i], sizeof a) != 0 ||
            memcmp(&b, &y[i], sizeof b) != 0 ||
            memcmp(&c, &z[i], sizeof c) != 0) {
            return i + 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static complex_number x[40];
    static triple y[40];
    static quadruple z[40];
    int n = 36 + argc;

    (void)argv;
    fill(n, x);
    triples(n, y);
    quadruples(n, z);
    return wrong(n, x, y, z);
}
