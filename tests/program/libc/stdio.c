/* printf, scanf and streams: the conversions, and what goes through a pipe or a
 * file. */
#define _GNU_SOURCE
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#include "check.h"

static char text[512];

static const char *format(const char *spec, ...)
{
    va_list list, copy;

    va_start(list, spec);
    va_copy(copy, list);
    vsnprintf(text, sizeof text, spec, list);
    int length = vsnprintf(NULL, 0, spec, copy);
    CHECK(length == (int)strlen(text));
    va_end(copy);
    va_end(list);
    return text;
}

static void test_printf(void)
{
    CHECK_TEXT(format("%d %i %u %x %X %o", -1, 2, 3u, 255, 255, 8),
               "-1 2 3 ff FF 10");
    CHECK_TEXT(format("%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42),
               "   42|42   |00042|+42| 42");
    CHECK_TEXT(format("%hhd %hd %ld %lld %zu %jd %td", 257, 65537, -5l,
                      1ll << 62, (size_t)7, (intmax_t)-8, (ptrdiff_t)9),
               "1 1 -5 4611686018427387904 7 -8 9");
    CHECK_TEXT(
        format("%s|%.2s|%10s|%-10s|%c%%", "abc", "abc", "abc", "abc", 'z'),
        "abc|ab|       abc|abc       |z%");
    CHECK_TEXT(
        format("%f %.0f %.3e %g %G %a", 1.5, 2.5, 12345.678, 1e-5, 1e20, 1.0),
        "1.500000 2 1.235e+04 1e-05 1E+20 0x1p+0");
    CHECK_TEXT(format("%Lf %.30Lg %La", 1.5L, 1.0L / 3, 1.0L),
               "1.500000 0.333333333333333333333333333333 0x1p+0");
    CHECK_TEXT(format("%f %f %f", 1e308 * 10, -1e308 * 10, 0.0),
               "inf -inf 0.000000");
    CHECK_TEXT(format("%2$s %1$s", "a", "b"), "b a");
    CHECK_TEXT(format("%*d %.*f", 6, 42, 2, 3.14159), "    42 3.14");
    CHECK_TEXT(format("%d %g %d %g %d %g %d %g %d %g %d %g %s", 1, 1.5, 2, 2.5,
                      3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, "end"),
               "1 1.5 2 2.5 3 3.5 4 4.5 5 5.5 6 6.5 end");
    CHECK_TEXT(format("%ls", L"wide"), "wide");
    CHECK_TEXT(format("%m"), strerror(errno));
}

static void test_scanf(void)
{
    int i, n;
    unsigned hex;
    double d;
    long double ld;
    char word[16], set[16];
    long long ll;

    n = sscanf("42 0x1f 2.5 1.25 word [abc] -9000000000",
               "%d %x %lf %Lf %15s [%15[a-c]] %lld", &i, &hex, &d, &ld, word,
               set, &ll);
    CHECK(n == 7 && i == 42 && hex == 31 && d == 2.5 && ld == 1.25L);
    CHECK_TEXT(word, "word");
    CHECK_TEXT(set, "abc");
    CHECK(ll == -9000000000ll);
    CHECK(sscanf("abc", "%d", &i) == 0);
    CHECK(sscanf("", "%d", &i) == EOF);
    char *allocated = NULL;
    CHECK(sscanf("hello world", "%ms", &allocated) == 1);
    CHECK_TEXT(allocated, "hello");
    free(allocated);
}

static void test_numbers(void)
{
    char *end;

    CHECK(strtod("0x1.8p3xyz", &end) == 12.0 && *end == 'x');
    CHECK(strtod("2.2250738585072014e-308", NULL) == DBL_MIN);
    CHECK(strtod("1.7976931348623157e308", NULL) == DBL_MAX);
    CHECK(strtold("1.18973149535723176508575932662800702e4932", NULL) ==
          LDBL_MAX);
    CHECK(strtof("16777217", NULL) == 16777216.0f);
    errno = 0;
    CHECK(strtol("99999999999999999999", NULL, 10) == INT64_MAX &&
          errno == ERANGE);
    CHECK(strtoul("zz", NULL, 36) == 35 * 36 + 35);
    CHECK(atoi("-77") == -77);
    for (int i = 0; i < 300; i++) {
        double value = (i * 7919 % 1000 + 0.1) * (i % 2 ? 1e10 : 1e-10);
        char digits[64];
        snprintf(digits, sizeof digits, "%.17g", value);
        CHECK(strtod(digits, NULL) == value);
    }
}

static void test_streams(void)
{
    char name[] = "/tmp/popcorn-stdio-XXXXXX", line[100];
    int file = mkstemp(name);
    FILE *stream = fdopen(file, "w+");

    CHECK(stream != NULL);
    for (int i = 0; i < 2000; i++) {
        fprintf(stream, "line %d\n", i);
    }
    CHECK(ftell(stream) == 18890);
    rewind(stream);
    for (int i = 0; i < 2000; i++) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "line %d\n", i);
        CHECK(fgets(line, sizeof line, stream) != NULL);
        CHECK_TEXT(line, wanted);
    }
    CHECK(fgetc(stream) == EOF && feof(stream));
    CHECK(fseek(stream, 5, SEEK_SET) == 0 && fgetc(stream) == '0');
    CHECK(ungetc('q', stream) == 'q' && getc(stream) == 'q');
    fclose(stream);
    unlink(name);

    char *memory = NULL;
    size_t size = 0;
    stream = open_memstream(&memory, &size);
    fprintf(stream, "%d-%s", 12, "x");
    fclose(stream);
    CHECK_TEXT(memory, "12-x");
    free(memory);

    stream = fmemopen("a b\nc", 5, "r");
    char *allocated = NULL;
    size = 0;
    CHECK(getline(&allocated, &size, stream) == 4);
    CHECK(getdelim(&allocated, &size, 'x', stream) == 1);
    free(allocated);
    fclose(stream);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    test_printf();
    test_scanf();
    test_numbers();
    test_streams();
    return finish("stdio");
}
