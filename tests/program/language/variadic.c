/* Variadic functions: every class of argument, va_list handed to callees and
 * live over moves, va_copy, pointers to variadic functions. */
#include "language.h"
#include <complex.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct tiny {
    char c;
};
struct small {
    int a, b;
};
struct floats {
    float x, y, z;
};
struct doubles {
    double w, x, y, z;
};
struct five_doubles {
    double v[5];
};
struct mixed {
    int i;
    double d;
};
struct large {
    long v[9];
};
struct wide {
    _Alignas(16) long v[2];
};
struct empty {
};
union either {
    long i;
    double d;
    char text[11];
};
typedef int int4 __attribute__((vector_size(16)));

/* One letter for each argument. */
static NOINLINE void show_list(const char *format, va_list args)
{
    for (; *format != '\0'; format++) {
        point();
        switch (*format) {
        case 'i':
            printf(" %d", va_arg(args, int));
            break;
        case 'l':
            printf(" %ld", va_arg(args, long));
            break;
        case 'd':
            printf(" %g", va_arg(args, double));
            break;
        case 'L':
            printf(" %.25Lg", va_arg(args, long double));
            break;
        case 'p':
            printf(" %s", va_arg(args, char *));
            break;
        case 'x': {
            __int128 v = va_arg(args, __int128);
            printf(" %lx:%lx", (long)(v >> 64), (long)v);
            break;
        }
        case 'c': {
            double complex v = va_arg(args, double complex);
            printf(" %g+%gi", creal(v), cimag(v));
            break;
        }
        case 't':
            printf(" t%d", va_arg(args, struct tiny).c);
            break;
        case 's': {
            struct small v = va_arg(args, struct small);
            printf(" s%d,%d", v.a, v.b);
            break;
        }
        case 'f': {
            struct floats v = va_arg(args, struct floats);
            printf(" f%g,%g,%g", v.x, v.y, v.z);
            break;
        }
        case 'D': {
            struct doubles v = va_arg(args, struct doubles);
            printf(" D%g,%g,%g,%g", v.w, v.x, v.y, v.z);
            break;
        }
        case 'F': {
            struct five_doubles v = va_arg(args, struct five_doubles);
            printf(" F%g,%g", v.v[0], v.v[4]);
            break;
        }
        case 'm': {
            struct mixed v = va_arg(args, struct mixed);
            printf(" m%d,%g", v.i, v.d);
            break;
        }
        case 'g': {
            struct large v = va_arg(args, struct large);
            printf(" g%ld,%ld", v.v[0], v.v[8]);
            break;
        }
        case 'w': {
            struct wide v = va_arg(args, struct wide);
            printf(" w%ld,%ld", v.v[0], v.v[1]);
            break;
        }
        case 'e': {
            struct empty v = va_arg(args, struct empty);
            (void)v;
            printf(" e");
            break;
        }
        case 'u':
            printf(" u%s", va_arg(args, union either).text);
            break;
        case 'v': {
            int4 v = va_arg(args, int4);
            printf(" v%d,%d,%d,%d", v[0], v[1], v[2], v[3]);
            break;
        }
        }
    }
    printf("\n");
}

static NOINLINE void show(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    point();
    show_list(format, args);
    va_end(args);
}

/* The list goes through a pointer, so callee and caller advance the same. */
static NOINLINE int next_of(va_list *args)
{
    point();
    return va_arg(*args, int);
}

static NOINLINE int shared_list(int count, ...)
{
    va_list args, again, third;
    int sum = 0;

    va_start(args, count);
    for (int i = 0; i < count; i++) {
        if (i == count / 2) {
            va_copy(again, args);
        }
        sum = sum * 10 + (i % 2 == 0 ? next_of(&args) : va_arg(args, int));
        point();
    }
    va_end(args);
    va_copy(third, again);
    sum = sum * 10 + va_arg(again, int);
    sum = sum * 10 + va_arg(again, int);
    sum = sum * 10 + next_of(&third);
    va_end(again);
    va_end(third);
    return sum;
}

/* A va_list kept in the heap by one function and used by another. */
struct kept {
    va_list args;
    int left;
};

static NOINLINE long use_kept(struct kept *kept)
{
    long sum = 0;

    while (kept->left-- > 0) {
        sum += va_arg(kept->args, long);
        point();
    }
    return sum;
}

static NOINLINE long keep(int count, ...)
{
    struct kept *kept = malloc(sizeof(*kept));
    long sum;

    va_start(kept->args, count);
    kept->left = count;
    sum = use_kept(kept);
    va_end(kept->args);
    free(kept);
    return sum;
}

static NOINLINE double average(int count, ...)
{
    va_list args;
    double sum = 0;

    va_start(args, count);
    for (int i = 0; i < count; i++) {
        sum += va_arg(args, double);
        point();
    }
    va_end(args);
    return sum / count;
}

static NOINLINE double largest(int count, ...)
{
    va_list args;
    double best = -1e9;

    va_start(args, count);
    for (int i = 0; i < count; i++) {
        double v = va_arg(args, double);
        best = v > best ? v : best;
        point();
    }
    va_end(args);
    return best;
}

/* More named arguments than registers, of both kinds, before the dots. */
static NOINLINE long many_named(int a, double b, int c, double d, long e,
                                float f, long g, double h, long i, double j,
                                long k, double l, long m, double n, long o,
                                double p, long q, double r, struct small s,
                                struct doubles t, ...)
{
    va_list args;
    long sum = a + c + e + g + i + k + m + o + q + s.a + s.b;
    double other = b + d + f + h + j + l + n + p + r + t.w + t.z;

    va_start(args, t);
    point();
    sum += va_arg(args, int);
    other += va_arg(args, double);
    sum += va_arg(args, struct small).b;
    va_end(args);
    return sum * 1000 + (long)(other * 2);
}

/* A variadic function that returns a struct through memory. */
static NOINLINE struct large collect(int count, ...)
{
    struct large result = {{0}};
    va_list args;

    va_start(args, count);
    for (int i = 0; i < count; i++) {
        point();
        result.v[i] = va_arg(args, long);
    }
    va_end(args);
    return result;
}

typedef double folder(int, ...);
static folder *volatile folders[] = {average, largest};

static NOINLINE int format(char *out, size_t size, const char *text, ...)
{
    va_list args, copy;
    int needed;

    va_start(args, text);
    va_copy(copy, args);
    needed = vsnprintf(NULL, 0, text, copy);
    va_end(copy);
    point();
    vsnprintf(out, size, text, args);
    va_end(args);
    return needed;
}

int main(void)
{
    struct small small = {5, -6};
    struct large large = {{1, 2, 3, 4, 5, 6, 7, 8, 9}}, collected;
    union either either = {.text = "ten chars!"};
    char text[64];
    __int128 wide = ((__int128)0x1234 << 64) | 0x5678;

    show("ildLp", 1, 2L, 3.5, 1.0L / 3, "text");
    show("tsfDFmgweuv", (struct tiny){7}, small,
         (struct floats){1.5f, 2.5f, 3.5f}, (struct doubles){1, 2, 3, 4},
         (struct five_doubles){{1, 2, 3, 4, 5}}, (struct mixed){8, 9.5}, large,
         (struct wide){{10, 11}}, (struct empty){}, either, (int4){1, 2, 3, 4});
    show("ixixcLiw", 1, wide, 2, -wide, 1.5 + 2.5 * I, 2.5L, 3,
         (struct wide){{12, 13}});
    show("iiiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    show("dddddddddddd", 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.);
    show("ididLsdiLidi", 1, 1.5, 2, 2.5, 3.5L, small, 4.5, 4, 5.5L, 6, 6.5, 7);
    show("iiid", (char)-1, (short)-2, (_Bool)1, (float)0.25f);
    show("");
    printf("shared %d\n", shared_list(6, 1, 2, 3, 4, 5, 6));
    printf("kept %ld\n", keep(4, 10L, 200L, 3000L, 40000L));
    for (int i = 0; i < 2; i++) {
        printf("folder %g\n", folders[i](4, 1.0, 7.0, 4.0, -2.0));
    }
    printf("named %ld\n",
           many_named(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                      18, small, (struct doubles){19, 20, 21, 22}, 23, 24.5,
                      (struct small){25, 26}));
    collected = collect(9, 9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
    printf("collect %ld %ld %ld\n", collected.v[0], collected.v[4],
           collected.v[8]);
    printf("format %d", format(text, sizeof(text), "%s-%05d-%.3f-%c", "a", 42,
                               2.0 / 3, 'z'));
    printf(" '%s'\n", text);
    return 0;
}
