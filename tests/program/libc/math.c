/* Floating point: libm at known values, rounding modes and exceptions, complex
 * arithmetic, long double, __int128. */
#define _GNU_SOURCE
#include <complex.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

static volatile double one = 1, three = 3, zero = 0, huge = 1e300;

static int near(double got, double wanted)
{
    return fabs(got - wanted) <= 4 * DBL_EPSILON * fabs(wanted);
}

static void test_functions(void)
{
    CHECK(near(sin(one), 0.8414709848078965));
    CHECK(near(cos(one), 0.5403023058681398));
    CHECK(near(tan(one), 1.5574077246549023));
    CHECK(near(exp(one), 2.718281828459045));
    CHECK(near(log(three), 1.0986122886681098));
    CHECK(near(pow(three, 2.5), 15.588457268119896));
    CHECK(near(atan2(one, three), 0.3217505543966422));
    CHECK(near(cbrt(27 * one), 3.0));
    CHECK(near(tgamma(5 * one), 24.0));
    CHECK(near(erf(one), 0.8427007929497149));
    CHECK(near(hypot(three, 4), 5.0));
    CHECK(sqrt(three * three) == 3.0);
    CHECK(sqrt(2 * one) == 1.4142135623730951);
    CHECK(floor(-1.5 * one) == -2 && ceil(-1.5 * one) == -1);
    CHECK(trunc(-1.5 * one) == -1 && round(2.5 * one) == 3);
    CHECK(rint(2.5 * one) == 2 && nearbyint(3.5 * one) == 4);
    CHECK(lrint(2.5 * one) == 2 && llround(-2.5 * one) == -3);
    CHECK(fmod(10 * one, three) == 1 && remainder(11 * one, three) == -1);
    CHECK(fma(one, three, -3.0) == 0);
    CHECK(fma(1 + DBL_EPSILON * one, 1 - DBL_EPSILON, -1.0) ==
          -DBL_EPSILON * DBL_EPSILON);
    int exponent;
    CHECK(frexp(12.0 * one, &exponent) == 0.75 && exponent == 4);
    double whole;
    CHECK(modf(-3.25 * one, &whole) == -0.25 && whole == -3);
    CHECK(isnan(sqrt(-one)) && isinf(one / zero) && signbit(-zero));
    CHECK(fmin(one, NAN) == 1 && fmax(NAN, three) == 3);
    CHECK(nextafter(one, 2) == 1 + DBL_EPSILON);
    CHECK(ldexp(one, -1074) == 4.9406564584124654e-324);
    CHECK(sqrtl(2.0L * one) * sqrtl(2.0L * one) - 2.0L < 4 * LDBL_EPSILON);
    CHECK(fabsl(sinl(1.0L * one) - 0.841470984807896506652502321630298999623L) <
          4 * LDBL_EPSILON);
    /* musl computes expl in double precision where long double is binary128. */
    CHECK(fabsl(expl(1.0L * one) - 2.718281828459045235360287471352662498L) <
          4 * DBL_EPSILON);
    CHECK(sizeof(long double) == 16 && LDBL_MANT_DIG == 113);
}

static void test_environment(void)
{
    fenv_t saved;

    CHECK(fegetround() == FE_TONEAREST);
    volatile double nearest = one / three;
    CHECK(fesetround(FE_UPWARD) == 0 && fegetround() == FE_UPWARD);
    volatile double up = one / three;
    CHECK(fesetround(FE_DOWNWARD) == 0);
    volatile double down = one / three;
    CHECK(fesetround(FE_TOWARDZERO) == 0);
    volatile double toward = -one / three;
    CHECK(fesetround(FE_TONEAREST) == 0);
    CHECK(up == nextafter(down, 1) && (nearest == up || nearest == down));
    CHECK(toward == -down);
    CHECK(fesetround(12345) != 0);

    feclearexcept(FE_ALL_EXCEPT);
    CHECK(fetestexcept(FE_ALL_EXCEPT) == 0);
    volatile double result = one / zero;
    CHECK(fetestexcept(FE_ALL_EXCEPT) == FE_DIVBYZERO);
    result = huge * huge;
    CHECK(fetestexcept(FE_OVERFLOW) && fetestexcept(FE_INEXACT));
    feclearexcept(FE_ALL_EXCEPT);
    result = zero / zero;
    CHECK(fetestexcept(FE_ALL_EXCEPT) == FE_INVALID);
    CHECK(fegetenv(&saved) == 0);
    CHECK(feholdexcept(&saved) == 0 && fetestexcept(FE_ALL_EXCEPT) == 0);
    CHECK(fesetenv(&saved) == 0 && fetestexcept(FE_INVALID));
    feraiseexcept(FE_UNDERFLOW);
    CHECK(fetestexcept(FE_UNDERFLOW));
    fesetenv(FE_DFL_ENV);
    CHECK(fetestexcept(FE_ALL_EXCEPT) == 0);
    (void)result;
}

static volatile double complex z1 = 1 + 2 * I, z2 = 3 - 4 * I;
static volatile float complex f1 = 1 + 2 * I, f2 = 3 - 4 * I;
static volatile long double complex l1 = 1 + 2 * I, l2 = 3 - 4 * I;

static void test_complex(void)
{
    CHECK(z1 * z2 == 11 + 2 * I);
    CHECK(cabs(z1 / z2 - (-0.2 + 0.4 * I)) < 1e-15);
    CHECK(f1 * f2 == 11 + 2 * I);
    CHECK(cabsf(f1 / f2 - (-0.2f + 0.4f * I)) < 1e-6f);
    CHECK(l1 * l2 == 11 + 2 * I);
    CHECK(cabsl(l1 / l2 - (-0.2L + 0.4L * I)) < 1e-30L);
    double complex infinite = CMPLX(INFINITY, NAN);
    CHECK(isinf(creal(infinite * z1)) || isinf(cimag(infinite * z1)));
    CHECK(cabs(csqrt(z2 * z2) - z2) < 1e-14);
    CHECK(cabs(cexp(I * 3.14159265358979323846) + 1) < 1e-15);
    CHECK(cabs(cpow(z1, 2) - z1 * z1) < 1e-14);
    double complex big = CMPLX(1e200, 1e200);
    CHECK(cabs(big / big - 1) < 1e-15);
}

static volatile unsigned __int128 wide = (unsigned __int128)1 << 100;

static void test_wide_integers(void)
{
    unsigned __int128 quotient = wide / 1000003u, rest = wide % 1000003u;

    CHECK(quotient * 1000003u + rest == wide);
    CHECK((uint64_t)(wide >> 64) == 1ull << 36);
    CHECK((double)wide == 0x1p100);
    CHECK((unsigned __int128)0x1p100L == wide);
    CHECK((__int128)-5 / 2 == -2);
    CHECK((float)(long double)0.1f == 0.1f);
    CHECK((int64_t)(long double)INT64_MIN == INT64_MIN);
}

int main(void)
{
    test_functions();
    test_environment();
    test_complex();
    test_wide_integers();
    return finish("math");
}
