/* Numbers to text and text to numbers, in every rounding mode: a hash of each group
 * of results; with a group's name as argument, every result. as_native.sh compares
 * them with musl's, on AArch64, where long double is the same.
 *
 *   numbers [GROUP]      COUNT, from the environment: how many of each, default 3000 */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#pragma STDC FENV_ACCESS ON

static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD,
                            FE_TOWARDZERO};
static uint64_t state, hash;
static const char *shown;
static const char *group;
static long count = 3000;

static uint64_t number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static uint64_t below(uint64_t n)
{
    return number() % n;
}

static void begin(const char *name)
{
    group = name;
    state = 88172645463325252;
    hash = 14695981039346656037ULL;
}

static void result(const char *text)
{
    if (shown != NULL && strcmp(shown, group) == 0) {
        puts(text);
    }
    for (; *text != 0; text++) {
        hash = (hash ^ (unsigned char)*text) * 1099511628211;
    }
}

static void end(void)
{
    if (shown == NULL) {
        printf("%s %016llx\n", group, (unsigned long long)hash);
    }
}

/* Any bits; few digits; integers; halves of a last place; next to powers. */
static double any_double(void)
{
    union {
        uint64_t bits;
        double x;
    } u;
    double x = (double)below(100000) / 8;

    switch (below(9)) {
    case 0:
        u.bits = number();
        return u.x;
    case 1:
        return x * pow(10, (double)below(20) - 10);
    case 2:
        return (double)(number() >> below(64));
    case 3:
        return (double)below(1000000) / 100;
    case 4:
        return ((double)below(1000) + 0.5) * pow(10, (double)below(8) - 6);
    case 5:
        return ldexp((double)(1 + below(99)), (int)below(2100) - 1080);
    case 6:
        return nextafter(pow(10, (double)below(40) - 20), (double)below(3));
    case 7:
        return -(double)below(10000) / 1024;
    }
    return below(8) == 0 ? INFINITY : below(8) == 0 ? -0.0 : x;
}

static long double any_long_double(void)
{
    union {
        uint64_t bits[2];
        long double x;
    } u = {{number(), number()}};

    switch (below(4)) {
    case 0:
        return any_double();
    case 1:
        return u.x;
    case 2:
        u.bits[1] = (u.bits[1] & 0x803fffffffffffff) | 0x3fc0000000000000;
        return u.x;
    }
    return (long double)any_double() / 3;
}

/* %, flags, width, precision. Returns where the rest is to go. */
static char *any_format(char *f, int most_precision)
{
    *f++ = '%';
    for (int i = 0; i < 2; i++) {
        if (below(3) == 0) {
            *f++ = "#0- +"[below(5)];
        }
    }
    if (below(3) == 0) {
        f += sprintf(f, "%d", 1 + (int)below(30));
    }
    if (below(3) != 0) {
        f += sprintf(f, ".%d", (int)below((uint64_t)most_precision));
    }
    return f;
}

static void print_doubles(int is_long)
{
    char format[40], text[12000], *at;

    for (long i = 0; i < count; i++) {
        int precision = below(8) == 0 ? 400 : 20, length;
        format[0] = '<';
        at = any_format(format + 1, precision);
        if (is_long) {
            *at++ = 'L';
        }
        *at++ = "eEfFgGaA"[below(8)];
        strcpy(at, ">");
        length = is_long
                     ? snprintf(text, sizeof text, format, any_long_double())
                     : snprintf(text, sizeof text, format, any_double());
        result(text);
        sprintf(text, "%d", length);
        result(text);
    }
}

static void print_integers(void)
{
    static const char *const lengths[] = {"",   "h", "hh", "l",
                                          "ll", "j", "z",  "t"};
    char format[40], text[500], *at;

    for (long i = 0; i < count; i++) {
        uint64_t x = number() >> below(64);
        unsigned length = (unsigned)below(8);
        int bytes, room = (int)below(80);
        at = any_format(format, 30);
        sprintf(at, "%s%c|%%s|%%%d$s", lengths[length], "diouxXdu"[below(8)],
                1);
        at = strrchr(format, '|');
        *at = 0;
        if (below(8) == 0) {
            x = 0;
        }
        bytes = length < 3 ? snprintf(text, (size_t)room, format, (int)x, "end")
                           : snprintf(text, (size_t)room, format, x, "end");
        if (room > 0) {
            result(text);
        }
        sprintf(text, "%d", bytes);
        result(text);
    }
}

static void print_text(void)
{
    static const char *const texts[] = {"", "a", "some text", "%d"};
    char format[60], text[500], *at;
    int n, m;

    for (long i = 0; i < count; i++) {
        const char *s = texts[below(4)];
        at = any_format(format, 30);
        strcpy(at, below(2) ? "s%n %%|%c" : "s%n|%5c");
        snprintf(text, sizeof text, format, s, &n, 'a' + (int)below(26));
        result(text);
        snprintf(text, sizeof text, "%*.*s|%-*d|%n", (int)below(20) - 10,
                 (int)below(10) - 3, s, (int)below(9) - 3, n, &m);
        result(text);
        snprintf(text, sizeof text, "%3$*1$d %2$s %3$x|%%|%4$.*1$f", 7, s, m,
                 any_double());
        result(text);
        snprintf(text, sizeof text, "%ls|%.3ls|%lc|%8ls|%-8ls|%S", L"wide",
                 L"\u00e4\u00f6\u00fc", (wint_t)L'\u00e9', L"x", L"y", L"z");
        result(text);
        snprintf(text, sizeof text, "%p %p %20p", NULL, (void *)0x1234,
                 (void *)0x10);
        result(text);
    }
    errno = ENOENT;
    snprintf(text, sizeof text, "%m|%5.3s|%hhd|%hd", "abcdef", 300, 70000);
    result(text);
    errno = 0;
    sprintf(text, "%d %d", snprintf(NULL, 0, "%2147483647d%d", 1, 2), errno);
    result(text);
    sprintf(text, "%d", snprintf(NULL, 0, "%.2000f %.3000e", 1.0, 0.1));
    result(text);
}

static void any_decimal(char *to)
{
    static const char *const odd[] = {
        "",
        ".",
        "+",
        "-.",
        "1e",
        "1e+",
        "1.e5x",
        "0x1p3",
        "0x",
        "0x.8",
        "inf",
        "-infinit",
        "nan",
        "nan(1)",
        "nan(",
        "1.5.2",
        "--1",
        "1e400",
        "1e-400",
        "00x1",
        "4.9e-324",
        "2e-324",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "2.2250738585072011e-308",
        "9007199254740993",
        "1e23",
        "8.5e22",
        "0e99999",
        "-0",
        "1_0",
        "\t\n 12",
        "1e-45",
        "3.5e38",
        "9007199254740992.9999999999999999999999999",
        "9007199254740993.0000000000000000000000001"};
    double x = any_double();

    switch (below(8)) {
    case 0:
        strcpy(to, odd[below(sizeof odd / sizeof *odd)]);
        return;
    case 1:
        sprintf(to, "%.*g", (int)below(30), x);
        return;
    case 2:
        sprintf(to, " %.*e", (int)below(25), x);
        return;
    case 3:
        sprintf(to, "%llu.%llue%d", (unsigned long long)number(),
                (unsigned long long)number(), (int)below(650) - 340);
        return;
    case 4:
        sprintf(to, "%llue%d;", (unsigned long long)(number() >> below(64)),
                (int)below(60) - 30);
        return;
    case 5: /* the middle of two doubles, or near it */
        sprintf(
            to, "%.760Lf",
            ((long double)fabs(x) + (long double)nextafter(fabs(x), 1e300)) /
                2);
        to[800 - below(780)] = 0;
        return;
    case 6:
        sprintf(to, "%a", x);
        return;
    }
    sprintf(to, "0%.*f ", (int)below(20), x);
}

/* musl gives what is too small a zero of the wrong sign in some modes (rounding.c). */
static double unsigned_zero(double x)
{
    return x == 0 ? 0 : x;
}

static void read_numbers(void)
{
    static char text[8000], out[400];

    for (long i = 0; i < count; i++) {
        char *behind[3];
        double x = 0, y = 0;
        float f, g = 0;
        long double l;
        int error, n = -1, read, pair;

        any_decimal(text);
        errno = 0;
        x = strtod(text, &behind[0]);
        error = errno;
        errno = 0;
        f = strtof(text, &behind[1]);
        error = error * 200 + errno;
        l = strtold(text, &behind[2]);
        sprintf(out, "%a %a %La %d %d %d %d", unsigned_zero(x),
                unsigned_zero((double)f), l == 0 ? 0 : l, error,
                (int)(behind[0] - text), (int)(behind[1] - text),
                (int)(behind[2] - text));
        result(out);
        read = sscanf(text, "%lf%n", &y, &n);
        pair = sscanf(text, "%3f%c", &g, out);
        sprintf(out, "%d %a %d %d %a", read, unsigned_zero(y), n, pair,
                unsigned_zero((double)g));
        result(out);
    }
}

/* Through a stream, whose buffer ends anywhere. */
static void read_streams(void)
{
    static char text[200000];
    char out[100];
    size_t length = 0;
    FILE *f = tmpfile();
    double x;
    float y;
    int read;

    while (length < 100000) {
        length += (size_t)sprintf(text + length, "%.*g%c", (int)below(20),
                                  any_double(), below(2) ? ' ' : '\n');
    }
    fwrite(text, 1, length, f);
    rewind(f);
    while ((read = fscanf(f, below(2) ? "%lf" : "%7lf%*[^ \n]", &x)) == 1) {
        sprintf(out, "%a %ld", unsigned_zero(x), ftell(f));
        result(out);
    }
    rewind(f);
    while ((read = fscanf(f, "%f", &y)) == 1) {
        sprintf(out, "%a", unsigned_zero((double)y));
        result(out);
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    static const char *const in_mode[] = {"nearest", "down", "up", "zero"};
    const char *given = getenv("COUNT");
    char name[40];

    setlocale(LC_ALL, "C.UTF-8");
    if (given != NULL) {
        count = atol(given);
    }
    shown = argc > 1 ? argv[1] : NULL;
    begin("integers");
    print_integers();
    end();
    begin("text");
    print_text();
    end();
    for (int mode = 0; mode < 4; mode++) {
        fesetround(modes[mode]);
        sprintf(name, "print-doubles-%s", in_mode[mode]);
        begin(name);
        print_doubles(0);
        end();
        sprintf(name, "print-long-doubles-%s", in_mode[mode]);
        begin(name);
        print_doubles(1);
        end();
        sprintf(name, "read-%s", in_mode[mode]);
        begin(name);
        read_numbers();
        end();
    }
    fesetround(FE_TONEAREST);
    begin("streams");
    read_streams();
    end();
    return 0;
}
