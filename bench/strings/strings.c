/* Nanoseconds a call of libc's string functions takes: a line for each function,
 * size and alignment, the shortest of several rounds.
 *
 *   strings [-q] [FUNCTION...]
 *
 * size: the bytes that the function has to look at or to write; for wide characters
 * too.  aligned: to a page; else both operands are not, and not alike.  Written for
 * any libc: run.sh compares.  -q: fewer rounds. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "../timing.h"

enum { MOST = 1 << 20, ROOM = MOST + 8192 };

static char *room_a, *room_b;
static volatile size_t sink;

/* What a case works on. The loads are volatile, so that no call is lifted out of
 * its loop. */
struct operands {
    char *volatile a, *volatile b;
    volatile size_t n;
};

#define A (o->a)
#define B (o->b)
#define N (o->n)
#define WA ((wchar_t *)o->a)
#define WB ((wchar_t *)o->b)
#define WN (o->n / sizeof(wchar_t))
#define P(pointer) ((size_t)(pointer))
#define I(number) ((size_t)(number))

/* KIND: what is in the operands: T text of n bytes, its end; W the same in wide
 * characters; M memory, all alike. */
#define CASES                                                                  \
    CASE(memcpy, M, P(memcpy(A, B, N)))                                        \
    CASE(memmove, M, P(memmove(A, B, N)))                                      \
    CASE(memmove_up, M, P(memmove(A + 64, A, N)))                              \
    CASE(memset, M, P(memset(A, 1, N)))                                        \
    CASE(memcmp, M, I(memcmp(A, B, N)))                                        \
    CASE(memchr, M, P(memchr(A, 'x', N)))                                      \
    CASE(memrchr, M, P(memrchr(A, 'x', N)))                                    \
    CASE(strlen, T, strlen(A))                                                 \
    CASE(strnlen, T, strnlen(A, 2 * MOST))                                     \
    CASE(strchr, T, P(strchr(A, 'x')))                                         \
    CASE(strchrnul, T, P(strchrnul(A, 'x')))                                   \
    CASE(strrchr, T, P(strrchr(A, 'x')))                                       \
    CASE(strcmp, T, I(strcmp(A, B)))                                           \
    CASE(strncmp, T, I(strncmp(A, B, 2 * MOST)))                               \
    CASE(strcasecmp, T, I(strcasecmp(A, B)))                                   \
    CASE(strcpy, T, P(strcpy(A, B)))                                           \
    CASE(stpcpy, T, P(stpcpy(A, B)))                                           \
    CASE(strncpy, T, P(strncpy(A, B, N)))                                      \
    CASE(strcat, T, (*A = 0, P(strcat(A, B))))                                 \
    CASE(strspn, T, strspn(A, "abc"))                                          \
    CASE(strcspn, T, strcspn(A, "xyz"))                                        \
    CASE(strstr, T, P(strstr(A, "xyz")))                                       \
    CASE(memmem, M, P(memmem(A, N, "xyz", 3)))                                 \
    CASE(memccpy, M, P(memccpy(A, B, 'x', N)))                                 \
    CASE(wcslen, W, wcslen(WA))                                                \
    CASE(wcschr, W, P(wcschr(WA, 'x')))                                        \
    CASE(wcscmp, W, I(wcscmp(WA, WB)))                                         \
    CASE(wmemchr, M, P(wmemchr(WA, 'x', WN)))                                  \
    CASE(wmemcmp, M, I(wmemcmp(WA, WB, WN)))                                   \
    CASE(wmemset, M, P(wmemset(WA, 1, WN)))                                    \
    CASE(wmemcpy, M, P(wmemcpy(WA, WB, WN)))                                   \
    CASE(wcscpy, W, P(wcscpy(WA, WB)))

/* The same loop at four places: how fast a short one is depends on where it lies,
 * which is the fastest for the one program and not for the other by chance. */
#define LOOP(name, place, call)                                                \
    static void run_##name##_##place(struct operands *o, size_t times)         \
    {                                                                          \
        size_t sum = 0;                                                        \
        for (size_t i = 0; i < place; i++) {                                   \
            sink = i;                                                          \
        }                                                                      \
        for (size_t i = 0; i < times; i++) {                                   \
            sum += call;                                                       \
        }                                                                      \
        sink = sum;                                                            \
    }
#define CASE(name, kind, call)                                                 \
    LOOP(name, 0, call)                                                        \
    LOOP(name, 2, call)                                                        \
    LOOP(name, 4, call)                                                        \
    LOOP(name, 6, call)
CASES
#undef CASE

enum { PLACES = 4 };

static const struct function {
    const char *name;
    char kind;
    void (*run[PLACES])(struct operands *o, size_t times);
} functions[] = {
#define CASE(name, kind, call)                                                 \
    {#name,                                                                    \
     #kind[0],                                                                 \
     {run_##name##_0, run_##name##_2, run_##name##_4, run_##name##_6}},
    CASES
#undef CASE
};

static void fill(struct operands *o, const struct function *f, size_t n)
{
    memset(room_a, 'a', ROOM);
    memset(room_b, 'a', ROOM);
    if (f->kind == 'T') {
        o->a[n] = o->b[n] = 0;
    } else if (f->kind == 'W') {
        for (size_t i = 0; i < n; i += sizeof(wchar_t)) {
            *(wchar_t *)(o->a + i) = *(wchar_t *)(o->b + i) = 'a';
        }
        *(wchar_t *)(o->a + n) = *(wchar_t *)(o->b + n) = 0;
    }
}

/* Each round takes about 25 microseconds. */
static double measure(const struct function *f, struct operands *o, int rounds)
{
    size_t times = 16;
    double best = 1e18;
    for (double took = 0; took < 15e3; times *= 2) {
        double from = now_ns();
        f->run[0](o, times);
        took = now_ns() - from;
    }
    times /= 2;
    for (int i = 0; i < rounds * PLACES; i++) {
        double from = now_ns();
        f->run[i % PLACES](o, times);
        double took = (now_ns() - from) / (double)times;
        best = took < best ? took : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {0,    1,     7,     8,   15,  16,
                                   31,   32,    64,    100, 256, 1024,
                                   4096, 16384, 65536, MOST};
    int rounds = 10, first = 1;
    if (argc > 1 && strcmp(argv[1], "-q") == 0) {
        rounds = 4;
        first = 2;
    }
    if (posix_memalign((void **)&room_a, 4096, ROOM) != 0 ||
        posix_memalign((void **)&room_b, 4096, ROOM + 4096) != 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        const struct function *f = &functions[i];
        if (!is_wanted(f->name, argv + first, argc - first)) {
            continue;
        }
        for (int aligned = 1; aligned >= 0; aligned--) {
            for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
                size_t wide = f->kind == 'W' || f->name[0] == 'w' ? 4 : 1;
                struct operands o = {room_a + (aligned ? 0 : 5 * wide),
                                     room_b + 2048 + (aligned ? 0 : 11 * wide),
                                     sizes[k] / wide * wide};
                fill(&o, f, o.n);
                printf("%s %zu %s %.3f\n", f->name, sizes[k],
                       aligned ? "aligned" : "unaligned",
                       measure(f, &o, rounds));
            }
        }
    }
    return 0;
}
