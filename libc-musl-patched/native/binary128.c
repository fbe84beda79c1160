/* Arithmetic of binary128 in place of compiler-rt's, whose products and quotients
 * are wrong in LLVM 19 (docs/codegen.md, "Miscompiles of 19.1.7") and whose other
 * results are in some rounding modes. With all flags but that of denormal operands. The same on every ISA:
 * what is tiny is tiny before rounding, and of two NaNs the result has what
 * AArch64's own instructions would give it.
 * Source: IEEE 754-2019, 4.3, 6.2, 7; Knuth, The Art of Computer Programming,
 * vol. 2, 4.3.1, algorithm D. */
#include "isa/native.h"

#if __LDBL_MANT_DIG__ == 113
typedef long double binary128;
#else
typedef __float128 binary128;
#endif
typedef unsigned __int128 u128;

/* Compilers call these; no header has them. */
binary128 __addtf3(binary128 left, binary128 right);
binary128 __subtf3(binary128 left, binary128 right);
binary128 __multf3(binary128 left, binary128 right);
binary128 __divtf3(binary128 left, binary128 right);
double __trunctfdf2(binary128 value);
float __trunctfsf2(binary128 value);

enum { FRACTION_BITS = 112, BIAS = 16383, EXPONENT_END = 32767 };
/* The neutral flags and rounding modes (isa_get_fpenv). */
enum {
    INVALID = 1,
    DIVISION_BY_ZERO = 2,
    OVERFLOW = 4,
    UNDERFLOW = 8,
    INEXACT = 16
};
enum { TO_NEAREST, DOWN, UP, TO_ZERO };

#define HIDDEN ((u128)1 << FRACTION_BITS)
#define SIGN ((u128)1 << 127)
#define INFINITY_BITS ((u128)EXPONENT_END << FRACTION_BITS)
#define QUIET (HIDDEN >> 1)

union representation {
    binary128 value;
    u128 bits;
};

static u128 bits_of(binary128 value)
{
    return (union representation){.value = value}.bits;
}

static binary128 value_of(u128 bits)
{
    return (union representation){.bits = bits}.value;
}

static int mode_of(uint32_t fpenv)
{
    return (int)(fpenv >> 16 & 3);
}

/* `fpenv`: the environment as it is. */
static void raise_flags(uint32_t fpenv, uint32_t flags)
{
    if ((fpenv & flags) != flags) {
        isa_set_fpenv(fpenv | flags);
    }
}

static int is_nan(u128 bits)
{
    return (bits & ~SIGN) > INFINITY_BITS;
}

static int is_signalling(u128 bits)
{
    return is_nan(bits) && (bits & QUIET) == 0;
}

/* One of them is a NaN: the first that signals, else the first. */
static u128 nan_of(u128 a, u128 b)
{
    if (is_signalling(a) || is_signalling(b)) {
        raise_flags(isa_get_fpenv(), INVALID);
        return (is_signalling(a) ? a : b) | QUIET;
    }
    return is_nan(a) ? a : b;
}

static u128 invalid(void)
{
    raise_flags(isa_get_fpenv(), INVALID);
    return INFINITY_BITS | QUIET;
}

/* A finite number that is not zero: significand * 2^(exponent - BIAS -
 * FRACTION_BITS), the significand from HIDDEN to 2 * HIDDEN - 1. */
struct number {
    u128 significand;
    int exponent;
};

static int leading_zeros(u128 n)
{
    uint64_t high = (uint64_t)(n >> 64);

    return high != 0 ? __builtin_clzll(high)
                     : 64 + __builtin_clzll((uint64_t)n);
}

static struct number number_of(u128 magnitude)
{
    struct number n = {magnitude & (HIDDEN - 1),
                       (int)(magnitude >> FRACTION_BITS)};

    if (n.exponent != 0) {
        n.significand |= HIDDEN;
    } else {
        int shift = leading_zeros(n.significand) - (127 - FRACTION_BITS);
        n.significand <<= shift;
        n.exponent = 1 - shift;
    }
    return n;
}

/* n / 2^bits; a bit that falls out stays as the lowest. */
static u128 shift_sticky(u128 n, int bits)
{
    if (bits > 127) {
        return n != 0;
    }
    return n >> bits | ((n & (((u128)1 << bits) - 1)) != 0);
}

struct format {
    int fraction_bits, exponent_end, bias;
};
static const struct format binary128_format = {FRACTION_BITS, EXPONENT_END,
                                               BIAS};
static const struct format binary64_format = {52, 2047, 1023};
static const struct format binary32_format = {23, 255, 127};

static u128 overflow(struct format to, u128 sign, uint32_t fpenv)
{
    int mode = mode_of(fpenv);

    raise_flags(fpenv, OVERFLOW | INEXACT);
    return ((u128)to.exponent_end << to.fraction_bits) -
           (mode == TO_ZERO || mode == (sign != 0 ? UP : DOWN));
}

/* The magnitude that `fraction` / 2^127 * 2^(exponent - bias) rounds to. The
 * highest bit of `fraction` is set; the lowest stands for itself and all behind
 * it. `sign`: not 0 for a negative number. */
static inline __attribute__((always_inline)) u128 rounded(struct format to,
                                                          u128 sign,
                                                          int exponent,
                                                          u128 fraction)
{
    const int extra = 127 - to.fraction_bits;
    int is_tiny = exponent < 1;
    u128 magnitude, rest;
    uint32_t fpenv;
    int mode, is_up;

    if (exponent >= to.exponent_end) {
        return overflow(to, sign, isa_get_fpenv());
    }
    if (is_tiny) {
        fraction = shift_sticky(fraction, 1 - exponent);
        exponent = 1;
    }
    /* The hidden bit, or a carry into its place, counts the exponent up. */
    magnitude = fraction >> extra;
    magnitude += (u128)(exponent - 1) << to.fraction_bits;
    rest = fraction & (((u128)1 << extra) - 1);
    if (rest == 0) {
        return magnitude;
    }
    fpenv = isa_get_fpenv();
    mode = mode_of(fpenv);
    is_up = mode == TO_NEAREST ? rest + (magnitude & 1) > (u128)1 << (extra - 1)
                               : mode == (sign != 0 ? DOWN : UP);
    magnitude += (u128)is_up;
    if (magnitude >> to.fraction_bits == (u128)to.exponent_end) {
        return overflow(to, sign, fpenv);
    }
    raise_flags(fpenv, is_tiny ? UNDERFLOW | INEXACT : INEXACT);
    return magnitude;
}

/* Of numbers that are no NaNs. */
static u128 sum(u128 a, u128 b)
{
    u128 a_size = a & ~SIGN, b_size = b & ~SIGN;
    struct number m, n;
    u128 large, small;
    int shift;

    if (a_size < b_size) {
        return sum(b, a);
    }
    if (a_size == INFINITY_BITS) {
        return b_size == INFINITY_BITS && a != b ? invalid() : a;
    }
    if (a == (b ^ SIGN)) {
        return mode_of(isa_get_fpenv()) == DOWN ? SIGN : 0;
    }
    if (b_size == 0) {
        return a;
    }
    /* One bit for a carry, and 14 behind the last place. */
    m = number_of(a_size);
    n = number_of(b_size);
    large = m.significand << 14;
    small = shift_sticky(n.significand << 14, m.exponent - n.exponent);
    large = (a & SIGN) == (b & SIGN) ? large + small : large - small;
    shift = leading_zeros(large);
    return (a & SIGN) | rounded(binary128_format, a & SIGN,
                                m.exponent + 1 - shift, large << shift);
}

binary128 __addtf3(binary128 left, binary128 right)
{
    u128 a = bits_of(left), b = bits_of(right);

    return value_of(is_nan(a) || is_nan(b) ? nan_of(a, b) : sum(a, b));
}

binary128 __subtf3(binary128 left, binary128 right)
{
    u128 a = bits_of(left), b = bits_of(right);

    return value_of(is_nan(a) || is_nan(b) ? nan_of(a, b) : sum(a, b ^ SIGN));
}

/* The product of two numbers below 2^114, divided by 2^100; its last bit is
 * sticky. */
static u128 product(u128 a, u128 b)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64);
    uint64_t b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    u128 low = (u128)a0 * b0;
    u128 middle1 = (u128)a0 * b1, middle2 = (u128)a1 * b0;
    u128 carried = (low >> 64) + (uint64_t)middle1 + (uint64_t)middle2;
    u128 high =
        (u128)a1 * b1 + (middle1 >> 64) + (middle2 >> 64) + (carried >> 64);

    low = carried << 64 | (uint64_t)low;
    return high << 28 | low >> 100 | ((low & (((u128)1 << 100) - 1)) != 0);
}

binary128 __multf3(binary128 left, binary128 right)
{
    u128 a = bits_of(left), b = bits_of(right);
    u128 sign = (a ^ b) & SIGN;
    u128 a_size = a & ~SIGN, b_size = b & ~SIGN;
    struct number m, n;
    u128 fraction;
    int shift;

    if (is_nan(a) || is_nan(b)) {
        return value_of(nan_of(a, b));
    }
    if (a_size == INFINITY_BITS || b_size == INFINITY_BITS) {
        return value_of(a_size == 0 || b_size == 0 ? invalid()
                                                   : sign | INFINITY_BITS);
    }
    if (a_size == 0 || b_size == 0) {
        return value_of(sign);
    }
    m = number_of(a_size);
    n = number_of(b_size);
    /* From 2^126 on: the product of the significands is from 1 on, below 4. */
    fraction = product(m.significand << 1, n.significand << 1);
    shift = leading_zeros(fraction);
    return value_of(sign | rounded(binary128_format, sign,
                                   m.exponent + n.exponent - BIAS + 1 - shift,
                                   fraction << shift));
}

/* The next 64 bits of *rest / divisor, *rest < divisor; divisor has its highest
 * bit. *rest becomes what is left, times 2^64. */
static uint64_t next_digit(u128 *rest, u128 divisor)
{
    uint64_t high = (uint64_t)(divisor >> 64), low = (uint64_t)divisor;
    u128 digit = *rest / high;
    u128 left;

    if (digit >> 64 != 0) {
        digit = UINT64_MAX;
    }
    left = *rest - digit * high;
    while (left >> 64 == 0 && digit * low > left << 64) {
        digit--;
        left += high;
    }
    *rest = (left << 64) - digit * low;
    return (uint64_t)digit;
}

binary128 __divtf3(binary128 left, binary128 right)
{
    u128 a = bits_of(left), b = bits_of(right);
    u128 sign = (a ^ b) & SIGN;
    u128 a_size = a & ~SIGN, b_size = b & ~SIGN;
    struct number m, n;
    u128 rest, divisor, quotient;
    int is_less;

    if (is_nan(a) || is_nan(b)) {
        return value_of(nan_of(a, b));
    }
    if (a_size == INFINITY_BITS) {
        return value_of(b_size == INFINITY_BITS ? invalid()
                                                : sign | INFINITY_BITS);
    }
    if (b_size == INFINITY_BITS) {
        return value_of(sign);
    }
    if (b_size == 0) {
        if (a_size == 0) {
            return value_of(invalid());
        }
        raise_flags(isa_get_fpenv(), DIVISION_BY_ZERO);
        return value_of(sign | INFINITY_BITS);
    }
    if (a_size == 0) {
        return value_of(sign);
    }
    m = number_of(a_size);
    n = number_of(b_size);
    is_less = m.significand < n.significand;
    rest = m.significand << (is_less ? 15 : 14);
    divisor = n.significand << 15;
    quotient = (u128)next_digit(&rest, divisor) << 64;
    quotient |= next_digit(&rest, divisor);
    return value_of(sign | rounded(binary128_format, sign,
                                   m.exponent - n.exponent + BIAS - is_less,
                                   quotient | (rest != 0)));
}

/* The same number in fewer bits, sign included. */
static uint64_t narrowed(struct format to, u128 a)
{
    u128 sign = a & SIGN, size = a & ~SIGN;
    u128 infinity = (u128)to.exponent_end << to.fraction_bits;
    int dropped = FRACTION_BITS - to.fraction_bits;
    struct number n;

    if (is_nan(a)) {
        size = infinity | (nan_of(a, a) & (HIDDEN - 1)) >> dropped;
    } else if (size == INFINITY_BITS) {
        size = infinity;
    } else if (size != 0) {
        n = number_of(size);
        size = rounded(to, sign, n.exponent - BIAS + to.bias,
                       n.significand << (127 - FRACTION_BITS));
    }
    return (
        uint64_t)((sign != 0 ? infinity + ((u128)1 << to.fraction_bits) : 0) |
                  size);
}

double __trunctfdf2(binary128 value)
{
    union {
        uint64_t bits;
        double value;
    } u = {.bits = narrowed(binary64_format, bits_of(value))};
    return u.value;
}

float __trunctfsf2(binary128 value)
{
    union {
        uint32_t bits;
        float value;
    } u = {.bits = (uint32_t)narrowed(binary32_format, bits_of(value))};
    return u.value;
}
