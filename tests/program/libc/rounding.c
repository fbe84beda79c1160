/* Doubles to text and back, where every C library that rounds correctly has the same
 * to say: as_native.sh compares this machine's with ours, in every rounding mode. A
 * line is a hash of ROUND results; with a line's number as argument, all of them. */
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma STDC FENV_ACCESS ON

enum { ROUNDS = 300, ROUND = 400 };

static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD,
                            FE_TOWARDZERO};
static uint64_t state, hash;
static int shown;

static uint64_t number(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717;
}

static uint64_t below(uint64_t n)
{
    return number() % n;
}

static void result(const char *text)
{
    if (shown) {
        puts(text);
    }
    for (; *text != 0; text++) {
        hash = (hash ^ (unsigned char)*text) * 1099511628211;
    }
}

static double some_double(void)
{
    union {
        uint64_t bits;
        double value;
    } any = {number()};

    switch (below(5)) {
    case 0:
        return any.value;
    case 1: /* few digits */
        return (double)(int64_t)below(100000) / (double)(1 << below(12));
    case 2:
        return (double)below(1000000) / 1000;
    case 3: /* an integer */
        return (double)(number() >> below(64));
    }
    any.bits = (any.bits & ~(0x7ffULL << 52)) | (1023 - 60 + below(120)) << 52;
    return any.value;
}

/* A conversion of type `types`, with flags, width and precision. */
static void some_format(char *to, const char *length, const char *types)
{
    *to++ = '%';
    for (uint64_t flags = below(3); flags > 0; flags--) {
        *to++ = "-+ #0"[below(5)];
    }
    if (below(2)) {
        to += sprintf(to, "%d", (int)below(60));
    }
    if (below(3)) {
        to += sprintf(to, ".%d", (int)below(below(8) ? 22 : 400));
    }
    sprintf(to, "%s%c", length, types[below(strlen(types))]);
}

static void print_double(void)
{
    char format[32], text[1024];
    double value = some_double();

    some_format(format, "", "eEfFgG");
    if (fabs(value) > 1e200) {
        value = sqrt(fabs(value));
    }
    snprintf(text, sizeof(text), format, value);
    result(text);
}

static void print_integer(void)
{
    static const char *const lengths[] = {"hh", "h", "l", "ll", "j", "z"};
    const char *length = lengths[below(6)];
    char format[32], text[1024];
    long value = (long)(number() >> below(64));

    some_format(format, length, "diouxX");
    snprintf(text, sizeof(text), format, below(2) ? value : -value);
    result(text);
}

/* Digits of all lengths, or a double that is close to one of its neighbours. */
static void some_decimal(char *to, size_t bytes)
{
    uint64_t digits = 1 + below(below(4) ? 20 : 60), point = below(digits + 1);
    double value = some_double();

    if (!below(4)) {
        snprintf(to, bytes, "%.*e", (int)below(30),
                 isfinite(value) ? value : 1.5);
        return;
    }
    if (!below(4)) {
        *to++ = '-';
    }
    for (uint64_t i = 0; i < digits; i++) {
        if (i == point && i != 0) {
            *to++ = '.';
        }
        *to++ = (char)('0' + below(i % 3 == 0 ? 2 : 10));
    }
    *to = 0;
    if (below(3)) {
        sprintf(to, "e%d",
                (int)below(below(4) ? 40 : 700) - (int)(below(2) ? 20 : 340));
    }
}

static uint64_t bits_of(double value)
{
    union {
        double value;
        uint64_t bits;
    } same = {value};

    return same.bits;
}

static void read_double(int mode)
{
    char text[256], line[512], *end;
    double scanned = 0;

    fesetround(FE_TONEAREST);
    some_decimal(text, sizeof(text));
    fesetround(mode);
    double value = strtod(text, &end);
    float narrow = strtof(text, NULL);
    int count = sscanf(text, "%lf", &scanned);
    snprintf(line, sizeof(line), "%s: %d %d %016llx %016llx %016llx", text,
             (int)(end - text), count, (unsigned long long)bits_of(value),
             (unsigned long long)bits_of(narrow),
             (unsigned long long)bits_of(scanned));
    result(line);
}

static void one_round(int number)
{
    int mode = modes[number % 4];

    state = 88172645463325252 + (uint64_t)number * 1000003;
    hash = 14695981039346656037ULL;
    fesetround(mode);
    for (int i = 0; i < ROUND; i++) {
        switch (below(4)) {
        case 0:
            print_double();
            break;
        case 1:
            print_integer();
            break;
        default:
            read_double(mode);
        }
    }
    fesetround(FE_TONEAREST);
    printf("%d %016llx\n", number, (unsigned long long)hash);
}

int main(int argc, char **argv)
{
    shown = argc > 1;
    if (shown) {
        one_round(atoi(argv[1]));
        return 0;
    }
    for (int i = 0; i < ROUNDS; i++) {
        one_round(i);
    }
    return 0;
}
