/* Arithmetic of long double in each rounding mode, and its flags: of each operation
 * a hash of all results; with its name as argument, every result. as_native.sh
 * compares them with GCC's, on AArch64. */
#include <fenv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#pragma STDC FENV_ACCESS ON

typedef unsigned __int128 u128;

enum operation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    TO_DOUBLE,
    TO_FLOAT,
    OPERATIONS
};
static const char *const names[] = {"add",    "subtract",  "multiply",
                                    "divide", "to-double", "to-float"};
static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD,
                            FE_TOWARDZERO};
static const struct {
    int flag;
    char letter;
} flags[] = {{FE_INVALID, 'v'},
             {FE_DIVBYZERO, 'z'},
             {FE_OVERFLOW, 'o'},
             {FE_UNDERFLOW, 'u'},
             {FE_INEXACT, 'x'}};

static uint64_t state;

static uint64_t number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Any bits; runs of ones and zeros; few bits; next to a power of two. */
static u128 fraction(void)
{
    u128 bits = 0;

    switch (number() % 4) {
    case 0:
        bits = (u128)number() << 64 | number();
        break;
    case 1:
        for (unsigned at = 0, length; at < 112; at += length) {
            length = 1 + (unsigned)(number() % 40);
            if (number() & 1) {
                bits |= (((u128)1 << length) - 1) << at;
            }
        }
        break;
    case 2:
        bits = (u128)number() << number() % 112;
        break;
    default:
        bits = (u128)(number() % 8) - 4;
    }
    return bits & (((u128)1 << 112) - 1);
}

/* Both ends, the limits of double and float, where a product or a quotient
 * reaches an end, around one. `near`: of the other operand. */
static uint64_t exponent(uint64_t near)
{
    uint64_t sign = number() & 1 ? 1 : -(uint64_t)1;

    switch (number() % 10) {
    case 0:
        return number() % 120;
    case 1:
        return 32767 - number() % 120;
    case 2:
        return number() % 32768;
    case 3:
        return 16383 + sign * (8192 + number() % 300 - 150);
    case 4:
        return 16383 + sign * (1023 + number() % 80 - 70);
    case 5:
        return 16383 + sign * (127 + number() % 40 - 35);
    case 6:
        return 16383 + number() % 200 - 100;
    default:
        return (near + number() % 260 - 130) % 32768;
    }
}

static u128 operand(u128 other)
{
    uint64_t e = exponent((uint64_t)(other >> 112) & 32767);

    if (number() % 16 == 0) {
        return other ^ (u128)(number() & 1) << 127 ^ number() % 3;
    }
    /* NaNs: of two the result has one, GCC's another than ours. */
    return (u128)(number() & 1) << 127 | (u128)e << 112 |
           (e == 32767 ? 0 : fraction());
}

static long double value_of(u128 bits)
{
    long double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static u128 bits_of(long double value)
{
    u128 bits;

    memcpy(&bits, &value, sizeof bits);
    return value != value ? (u128)0x7fff8 << 108 : bits;
}

static void compute(enum operation operation, int shown)
{
    uint64_t hash = 0;
    u128 b = 1;

    state = 88172645463325252u;
    for (int i = 0; i < 40000; i++) {
        u128 a = operand(b);
        b = operand(a);
        volatile long double x = value_of(a), y = value_of(b), result = 0;
        char raised[8] = "";
        int count = 0, all;

        fesetround(modes[i % 4]);
        feclearexcept(FE_ALL_EXCEPT);
        switch (operation) {
        case ADD:
            result = x + y;
            break;
        case SUBTRACT:
            result = x - y;
            break;
        case MULTIPLY:
            result = x * y;
            break;
        case DIVIDE:
            result = x / y;
            break;
        case TO_DOUBLE:
            result = (double)x;
            break;
        default:
            result = (float)x;
            break;
        }
        all = fetestexcept(FE_ALL_EXCEPT);
        fesetround(FE_TONEAREST);
        for (unsigned k = 0; k < sizeof flags / sizeof flags[0]; k++) {
            if (all & flags[k].flag) {
                raised[count++] = flags[k].letter;
            }
        }
        u128 c = bits_of(result);
        if (shown) {
            printf(
                "mode %d: %016llx%016llx %016llx%016llx: %016llx%016llx %s\n",
                i % 4, (unsigned long long)(a >> 64), (unsigned long long)a,
                (unsigned long long)(b >> 64), (unsigned long long)b,
                (unsigned long long)(c >> 64), (unsigned long long)c, raised);
        }
        hash =
            hash * 31 + (uint64_t)c + (uint64_t)(c >> 64) * 7 + (uint64_t)all;
    }
    printf("%s %016llx\n", names[operation], (unsigned long long)hash);
}

int main(int argc, char **argv)
{
    for (int operation = 0; operation < OPERATIONS; operation++) {
        compute(operation, argc > 1 && strcmp(argv[1], names[operation]) == 0);
    }
    return 0;
}
