/* The floating-point environment: rounding mode and exception flags over moves,
 * and what arithmetic, conversions, printf and strtod make of them. */
#include "language.h"
#include <fenv.h>
#include <math.h>
#include <stdlib.h>

#pragma STDC FENV_ACCESS ON

static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
                            FE_TOWARDZERO};
static const char *const names[] = {"nearest", "up", "down", "zero"};

static const struct {
    int flag;
    char letter;
} flags[] = {
    {FE_INVALID, 'v'},   {FE_DIVBYZERO, 'z'}, {FE_OVERFLOW, 'o'},
    {FE_UNDERFLOW, 'u'}, {FE_INEXACT, 'x'},
};

/* The flags as letters, looked at on another node than the one that set them. */
static const char *raised(void)
{
    static char text[8];
    int n = 0, all;

    point();
    all = fetestexcept(FE_ALL_EXCEPT);
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if ((all & flags[i].flag) != 0) {
            text[n++] = flags[i].letter;
        }
    }
    text[n] = '\0';
    return text;
}

static NOINLINE double third(volatile double one)
{
    point();
    return one / 3;
}

static NOINLINE float to_float(volatile double v)
{
    point();
    return (float)v;
}

static NOINLINE void rounding(void)
{
    for (int i = 0; i < 4; i++) {
        fesetround(modes[i]);
        point();
        double a = third(1), b = third(-1), c = rint(hidden(5) / 2.0);
        long d = lrint(hidden(-7) / 2.0);
        float e = to_float(0.1);
        point();
        int kept = fegetround() == modes[i];
        fesetround(FE_TONEAREST);
        printf("%s %a %a %g %ld %a %d\n", names[i], a, b, c, d, e, kept);
    }
}

static NOINLINE void exceptions(void)
{
    volatile double zero = hidden(0), large = 1e308, tiny = 1e-308, sink;

    feclearexcept(FE_ALL_EXCEPT);
    printf("none '%s'\n", raised());
    feclearexcept(FE_ALL_EXCEPT);
    sink = 1 / zero;
    printf("divide '%s'\n", raised());
    feclearexcept(FE_ALL_EXCEPT);
    sink = zero / zero;
    printf("invalid '%s'\n", raised());
    feclearexcept(FE_ALL_EXCEPT);
    sink = large * 10;
    printf("overflow '%s'\n", raised());
    feclearexcept(FE_ALL_EXCEPT);
    sink = tiny / 1e10;
    printf("underflow '%s'\n", raised());
    feclearexcept(FE_ALL_EXCEPT);
    sink = 1 / (zero + 3);
    printf("inexact '%s'\n", raised());
    feraiseexcept(FE_DIVBYZERO | FE_INVALID);
    feclearexcept(FE_INEXACT);
    printf("raised '%s'\n", raised());
    (void)sink;
}

/* Flags add up over many moves, and environments can be kept and restored. */
static NOINLINE void environments(void)
{
    fenv_t kept, other;
    fexcept_t some;
    volatile double zero = hidden(0), sink;

    feclearexcept(FE_ALL_EXCEPT);
    fesetround(FE_UPWARD);
    sink = 1 / zero;
    fegetenv(&kept);
    point();
    feholdexcept(&other);
    fesetround(FE_DOWNWARD);
    sink = zero / zero;
    point();
    feupdateenv(&other);
    printf("updated '%s' %d\n", raised(), fegetround() == FE_UPWARD);
    fesetenv(FE_DFL_ENV);
    printf("default '%s' %d\n", raised(), fegetround() == FE_TONEAREST);
    fesetenv(&kept);
    fesetround(FE_TONEAREST);
    printf("kept '%s'\n", raised());
    fegetexceptflag(&some, FE_DIVBYZERO);
    feclearexcept(FE_ALL_EXCEPT);
    point();
    fesetexceptflag(&some, FE_DIVBYZERO);
    printf("flag '%s'\n", raised());
    fesetenv(FE_DFL_ENV);
    (void)sink;
}

static NOINLINE void library(void)
{
    for (int i = 0; i < 4; i++) {
        char text[40];
        fesetround(modes[i]);
        snprintf(text, sizeof(text), "%.2f %.3e %.0f", 2.0 / 3, 1e-5 / 7, 0.5);
        double parsed = strtod("0.1", NULL);
        point();
        fesetround(FE_TONEAREST);
        printf("%s %s %a\n", names[i], text, parsed);
    }
}

int main(void)
{
    rounding();
    exceptions();
    environments();
    library();
    return 0;
}
