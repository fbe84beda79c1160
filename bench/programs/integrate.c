/* Simpson's rule over functions given by pointer: an indirect call and libm in
 * the inner loop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef double function(double);

static double bell(double x)
{
    return exp(-x * x);
}

static double rational(double x)
{
    return (1 + x) / (2 + x * x);
}

static double wave(double x)
{
    return sin(3 * x) * x;
}

static double integrate(function *f, double from, double to, long steps)
{
    double width = (to - from) / steps, sum = f(from) + f(to);

    for (long i = 1; i < steps; i++) {
        sum += f(from + i * width) * (i % 2 ? 4 : 2);
    }
    return sum * width / 3;
}

int main(int argc, char **argv)
{
    static function *const functions[] = {bell, rational, wave, cbrt};
    long steps = argc > 1 ? atol(argv[1]) : 12000000;

    for (int i = 0; i < 4; i++) {
        printf("%.12f\n", integrate(functions[i], 0, 4, steps));
    }
    return 0;
}
