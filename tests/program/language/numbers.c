/* Arithmetic of every type over moves: _Bool, char to __int128, float to long
 * double (binary128), _Complex, conversions, overflow builtins. */
#include "language.h"
#include <complex.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef __int128 wide;
typedef unsigned __int128 uwide;

static void print_wide(const char *name, wide v)
{
    printf("%s %016lx%016lx\n", name, (uint64_t)(v >> 64), (uint64_t)v);
}

#define INTEGER(type, name)                                                    \
    static NOINLINE type name(type a, type b)                                  \
    {                                                                          \
        type sum = (type)(a + b), product = (type)(a * b);                     \
        point();                                                               \
        type quotient = (type)(a / (b | 1)), rest = (type)(a % (b | 1));       \
        point();                                                               \
        return (type)(sum ^ (product << 1) ^ (type)(quotient >> 1) ^ rest ^    \
                      (type)~a);                                               \
    }
INTEGER(signed char, of_schar)
INTEGER(unsigned char, of_uchar)
INTEGER(short, of_short)
INTEGER(unsigned short, of_ushort)
INTEGER(int, of_int)
INTEGER(unsigned, of_unsigned)
INTEGER(long, of_long)
INTEGER(unsigned long, of_ulong)
INTEGER(wide, of_wide)
INTEGER(uwide, of_uwide)

static NOINLINE wide power(wide base, int exponent)
{
    wide result = 1;

    while (exponent > 0) {
        if (exponent % 2 != 0) {
            result *= base;
        }
        base *= base;
        exponent /= 2;
        point();
    }
    return result;
}

static NOINLINE int in_decimal(uwide v)
{
    char text[50];
    int at = 50, digits = 0;

    text[--at] = '\0';
    do {
        text[--at] = (char)('0' + (int)(v % 10));
        v /= 10;
        digits++;
        point();
    } while (v != 0);
    printf("decimal %s\n", text + at);
    return digits;
}

/* Many arguments of two registers each; some go on the stack. */
static NOINLINE wide many(int a, wide b, wide c, int d, wide e, wide f, int g,
                          wide h)
{
    wide kept = b ^ h;

    point();
    kept += c * d;
    point();
    return kept + e - f * g + a;
}

static NOINLINE long double series(int terms)
{
    long double sum = 0, term = 1;

    for (int i = 1; i <= terms; i++) {
        sum += term;
        term /= i;
        point();
    }
    return sum;
}

static NOINLINE double complex roots(int n)
{
    double complex z = 1, turn = cexp(2 * acos(-1) * I / n), sum = 0;

    for (int i = 0; i < n; i++) {
        sum += z * (i + 1);
        z *= turn;
        point();
    }
    return sum / (1 - 2 * I);
}

static NOINLINE float complex small_complex(float complex a, float complex b)
{
    float complex product = a * b;

    point();
    return product / conjf(b) + a;
}

static NOINLINE long double complex large_complex(long double complex a,
                                                  long double complex b)
{
    long double complex product = a * b;

    point();
    return product / b - a * 2.0L;
}

static NOINLINE int booleans(long a, double b, void *c)
{
    _Bool x = a, y = b, z = c;

    point();
    x = x && y;
    z |= a > 3;
    point();
    y = !y;
    return x * 100 + y * 10 + z;
}

static void conversions(double d, long l, unsigned long ul, wide w)
{
    long double q = l;
    float f = (float)d;

    point();
    printf("to integers %d %u %ld %lu %d\n", (int)d, (unsigned)(d + 1e9),
           (long)(d * 1e9), (unsigned long)(d * 1e15), (signed char)(int)d);
    printf("to floats %.9g %.17g %.30Lg %.17g\n", (float)l, (double)ul,
           (long double)ul, (double)w);
    printf("quad %.36Lg %ld %lu %d\n", q / 3, (long)(q / 7),
           (unsigned long)(q + 0.5L), (int)(q < ul));
    print_wide("float to wide", (wide)(d * 1e20));
    print_wide("quad to wide", (wide)(q * 1e15L));
    printf("narrow %.9g %.17g\n", (float)(q / 3), (double)(f / 3.0f));
}

static void overflows(int a, long b)
{
    int i;
    long l;
    unsigned u;
    uint64_t carry = (uint64_t)b;

    printf("add %d", __builtin_add_overflow(a, INT_MAX, &i));
    point();
    printf(" %d, mul %d", i, __builtin_mul_overflow(b, LONG_MAX / 2, &l));
    point();
    printf(" %ld, sub %d %u\n", l, __builtin_sub_overflow(1u, 2u, &u), u);
    printf("bits %d %d %d %d %d %x %lx\n", __builtin_popcountl(carry),
           __builtin_clz((unsigned)a), __builtin_ctzl(carry), __builtin_ffs(a),
           __builtin_parity((unsigned)a), __builtin_bswap32((unsigned)a),
           __builtin_bswap64(carry));
    printf("rotate %x\n", ((unsigned)a << 7) | ((unsigned)a >> 25));
}

static void specials(double zero)
{
    double inf = 1 / zero, nan = zero / zero;
    long double quad_inf = inf;

    point();
    printf("special %d %d %d %d %d\n", inf > DBL_MAX, nan != nan,
           isinf(-inf) != 0, signbit(-zero) != 0, fpclassify(5e-324));
    printf("quad %d %d %d\n", quad_inf > LDBL_MAX, isnan((long double)nan),
           (int)(LDBL_MANT_DIG));
    printf("math %.17g %.17g %.17g %.17g\n", sin(zero + 1), pow(2.5, 3.5),
           fma(1e16, 1.5, -1), remainder(10.5, 3));
    printf("quad math %.30Lg %.30Lg %.30Lg\n", sqrtl(2), floorl(-2.5L),
           fmodl(1e30L, 7));
    printf("float %.9g %.9g %a\n", sqrtf(2), fmaf(3, 4, 5), ldexp(3, -1070));
}

int main(void)
{
    double complex z;
    float complex zf;
    long double complex zl;
    long a = hidden(-1234567), b = hidden(891);

    printf("char %d %d\n", of_schar((signed char)a, (signed char)b),
           of_uchar((unsigned char)a, (unsigned char)b));
    printf("short %d %d\n", of_short((short)a, (short)b),
           of_ushort((unsigned short)a, (unsigned short)b));
    printf("int %d %u\n", of_int((int)a, (int)b),
           of_unsigned((unsigned)a, (unsigned)b));
    printf("long %ld %lu\n", of_long(a * 77777, b),
           of_ulong((unsigned long)a, (unsigned long)b));
    print_wide("wide", of_wide((wide)a << 60, b));
    print_wide("uwide", (wide)of_uwide((uwide)a, (uwide)b));
    print_wide("power", power(3, 75));
    print_wide("power", power(-7, 45));
    printf("%d digits\n", in_decimal((uwide)-1));
    print_wide("many", many(1, power(2, 100), power(-3, 50), 4, power(5, 40),
                            power(6, 30), 7, power(8, 20)));
    printf("series %.34Lg\n", series(40));
    z = roots(7);
    printf("roots %.12f %.12f\n", creal(z), cimag(z));
    zf = small_complex(1.5f + 2.0f * I, -0.5f + 3.0f * I);
    printf("small %.6f %.6f\n", crealf(zf), cimagf(zf));
    zl = large_complex(1.5L + 2.0L * I, 1e-10L + 3.0L * I);
    printf("large %.28Lg %.28Lg\n", creall(zl), cimagl(zl));
    printf("booleans %03d %03d\n", booleans(256, 0.5, &a),
           booleans(0, 0.0, NULL));
    conversions((double)hidden(-123) / 7 + 100, 1234567890123456789L,
                (unsigned long)a, power(-3, 60));
    overflows((int)b, a);
    specials((double)hidden(0));
    return 0;
}
