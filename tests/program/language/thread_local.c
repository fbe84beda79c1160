/* _Thread_local variables: initialised, zero, aligned, static in functions,
 * their addresses kept; errno, strtok, locale; libc's own state. */
#define _GNU_SOURCE
#include "language.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static _Thread_local int initialised = 42;
static _Thread_local int zero[10];
static __thread struct {
    char c;
    double d;
} both = {'x', 2.5};
static _Thread_local _Alignas(64) char aligned[70] = "aligned";
_Thread_local char *text = "global text";
static _Thread_local int *to_itself;
static _Thread_local unsigned char small = 200;

static NOINLINE int count(void)
{
    static _Thread_local int calls = 5;

    point();
    return ++calls;
}

static NOINLINE int *address(void)
{
    point();
    return &initialised;
}

static void variables(void)
{
    int *kept = address(), sum = 0;

    *kept += 3;
    to_itself = &zero[3];
    for (int i = 0; i < 10; i++) {
        zero[i] += i * i;
        point();
        sum += *to_itself + *kept;
    }
    small += (unsigned char)hidden(100);
    both.d *= 2;
    point();
    printf("variables %d %d %d %c %g %d\n", initialised, sum, small, both.c,
           both.d, kept == address());
    printf("aligned %d %s %s\n", (int)((uintptr_t)aligned % 64), aligned, text);
    printf("count %d", count());
    printf(" %d\n", count());
}

static NOINLINE int failing(int which)
{
    errno = 0;
    switch (which) {
    case 0:
        open("/does/not/exist", O_RDONLY);
        break;
    case 1:
        close(-1);
        break;
    case 2:
        strtol("99999999999999999999", NULL, 10);
        break;
    case 3:
        write(1, NULL, 0);
        read(-1, NULL, 0);
        break;
    case 4:
        errno = ENOMEM;
        break;
    }
    point();
    return errno;
}

static void errors(void)
{
    int *where = &errno;

    for (int i = 0; i < 6; i++) {
        int error = failing(i);
        point();
        printf("errno %s %d\n", strerror(error), *where == errno);
    }
}

static void libc_state(void)
{
    char words[] = "state;kept, in;libc", *word, *rest;
    time_t when = 86400 * 365;
    struct tm *broken;
    mbstate_t state = {0};
    wchar_t wide;
    drand48();
    char *const arguments[] = {"program", "-a", "-b", "value", "operand", NULL};
    int c;

    for (word = strtok(words, ";"); word != NULL; word = strtok(NULL, ";, ")) {
        point();
        printf("%s|", word);
    }
    rest = strdup("a:b:c");
    for (char *all = rest; (word = strsep(&all, ":")) != NULL;) {
        point();
        printf("%s|", word);
    }
    free(rest);
    while ((c = getopt(5, arguments, "ab:")) != -1) {
        point();
        printf("%c%s|", c, optarg != NULL ? optarg : "");
    }
    printf("%s\n", arguments[optind]);
    srand(17);
    c = rand();
    point();
    printf("random %d %d\n", c, rand());
    srandom(4);
    printf("random %ld", random());
    point();
    printf(" %ld %ld\n", random(), lrand48());
    broken = gmtime(&when);
    point();
    printf("time %d-%02d-%02d %s", broken->tm_year + 1900, broken->tm_mon + 1,
           broken->tm_mday, asctime(broken));
    printf("locale %s", setlocale(LC_ALL, "C.UTF-8"));
    point();
    printf(" %s %zu\n", setlocale(LC_CTYPE, NULL), MB_CUR_MAX);
    c = (int)mbrtowc(&wide, "\xe2\x82", 2, &state);
    point();
    printf("multibyte %d", c);
    c = (int)mbrtowc(&wide, "\xac", 1, &state);
    printf(" %d %x\n", c, (unsigned)wide);
    setenv("LANGUAGE_TEST", "set", 1);
    point();
    printf("environment %s", getenv("LANGUAGE_TEST"));
    unsetenv("LANGUAGE_TEST");
    point();
    printf(" %d\n", getenv("LANGUAGE_TEST") == NULL);
    lgamma(-1.5);
    point();
    printf("signgam %d\n", signgam);
}

int main(void)
{
    variables();
    errors();
    libc_state();
    return 0;
}
