/* The printf and scanf families, and stdio buffers that are in the middle of a
 * line when the thread moves. */
#define _GNU_SOURCE
#include "language.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static NOINLINE int through_list(FILE *out, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    point();
    n = vfprintf(out, format, args);
    va_end(args);
    return n;
}

static NOINLINE int scan_list(const char *text, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    point();
    n = vsscanf(text, format, args);
    va_end(args);
    return n;
}

static void print_all(void)
{
    int so_far;
    char text[200], *made;

    printf("[%d|%5d|%-5d|%05d|%+d|% d|%x|%#X|%o|%u]\n", 1, 2, 3, 4, 5, 6, 255,
           255, 8, -1);
    printf("[%hhd|%hd|%ld|%lld|%jd|%zd|%td]\n", (signed char)-1, (short)-2, -3L,
           -4LL, (intmax_t)-5, (size_t)6, (ptrdiff_t)-7);
    printf("[%f|%.0f|%10.2f|%-10.1e|%g|%G|%a]\n", 1.5, 2.5, 3.14159, 12345.678,
           1e-10, 1e20, 0.1);
    printf("[%Lf|%.20Lg|%La]\n", 1.5L, 1.0L / 3, 0.1L);
    printf("[%s|%.3s|%10s|%-6s|%c|%%]\n", "all", "cut off", "right", "left",
           'c');
    printf("[%3$s %1$d %2$s]\n", 1, "two", "three");
    printf("[%*d|%-*d|%.*f]\n", 6, 1, 6, 2, 3, 2.0 / 3);
    printf("[%d%n]", 12345, &so_far);
    printf(" %d [%ls|%lc]\n", so_far, L"wide", L'w');
    printf("%d\n",
           through_list(stdout, "[%d %s %.2Lf %c]\n", 1, "list", 2.5L, 'x'));
    printf("%d ", snprintf(text, 10, "%s", "longer than ten"));
    printf("'%s'\n", text);
    printf("%d ", asprintf(&made, "%d-%s", 77, "made"));
    printf("'%s'\n", made);
    free(made);
    printf("%.40s|%.0s|%i\n", "text", "nothing", INT32_MIN);
    printf("%lf %e %Lg\n", 1e300 * 1e10, -1e-310, 1e4000L);
}

static void scan_all(void)
{
    int i, n;
    unsigned u, x;
    long l;
    short s;
    signed char c;
    float f;
    double d;
    long double ld;
    char word[20], set[20], three[4] = "";
    char *allocated;

    n = sscanf("12 -34 0x1f 077 99", "%d %ld %x %hi %hhd", &i, &l, &x, &s, &c);
    printf("%d: %d %ld %x %d %d\n", n, i, l, x, s, c);
    n = sscanf("1.5 2.25e3 0.1 rest", "%f %lf %Lf %s", &f, &d, &ld, word);
    printf("%d: %g %g %.25Lg %s\n", n, f, d, ld, word);
    n = sscanf("abc123xyz", "%[a-c]%u%3c", set, &u, three);
    printf("%d: %s %u %.3s\n", n, set, u, three);
    n = sscanf("key = value", "%ms = %*3s%s", &allocated, word);
    printf("%d: %s %s\n", n, allocated, word);
    free(allocated);
    n = scan_list("7,8;9", "%d,%d;%d", &i, &s, &u);
    printf("%d\n", n);
    printf("%d %d\n", sscanf("x", "%d", &i), sscanf("", "%d", &i));
}

/* Each piece of a line is written on another node than the one before. */
static void pieces(FILE *f)
{
    for (int line = 0; line < 3; line++) {
        fputs("line ", f);
        point();
        fprintf(f, "%d", line);
        point();
        putc(':', f);
        for (int i = 0; i < 5; i++) {
            fprintf(f, " %d", i * line);
            point();
        }
        fwrite("!\n", 1, 2, f);
        point();
    }
}

static void read_back(FILE *f)
{
    char word[16];
    int number, c, count = 0;

    rewind(f);
    point();
    while (fscanf(f, "%15s %d:", word, &number) == 2) {
        long sum = 0;
        int value;

        point();
        for (int i = 0; i < 5 && fscanf(f, "%d", &value) == 1; i++) {
            sum += value;
            point();
        }
        while ((c = getc(f)) != '\n' && c != EOF) {
            count += c;
            point();
        }
        printf("%s %d %ld at %ld\n", word, number, sum, ftell(f));
    }
    printf("%d %d %d\n", count, feof(f) != 0, ferror(f) != 0);
    fseek(f, 5, SEEK_SET);
    c = getc(f);
    point();
    ungetc(c + 1, f);
    point();
    printf("%c%c\n", getc(f), getc(f));
}

int main(void)
{
    char *memory, *line = NULL;
    size_t size, room = 0;
    FILE *file = tmpfile();
    FILE *stream = open_memstream(&memory, &size);
    char buffer[7];

    print_all();
    scan_all();
    setvbuf(file, NULL, _IOFBF, 1024);
    pieces(file);
    read_back(file);
    fclose(file);
    pieces(stream);
    fclose(stream);
    printf("memory %zu %08x\n", size, hash(memory, size));
    file = fmemopen(memory, size, "r");
    setvbuf(file, buffer, _IOFBF, sizeof(buffer));
    while (getline(&line, &room, file) > 0) {
        point();
        printf("> %s", line);
    }
    fclose(file);
    free(line);
    free(memory);
    pieces(stdout);
    fwprintf(stderr, L"%ls %d\n", L"wide", 5);
    printf("no newline at the end");
    return 0;
}
