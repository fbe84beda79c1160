/* Times of a series, for the programs measured here. */
#ifndef POPCORN_BENCH_TIMING_H
#define POPCORN_BENCH_TIMING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static inline int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return x < y ? -1 : x > y;
}

/* Among what was asked for by name, which is all if nothing was? */
static inline int is_wanted(const char *name, char **names, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return 1;
        }
    }
    return count == 0;
}

/* NAME, median and p99 in nanoseconds. Sorts. */
static inline void report(const char *name, long *ns, long count)
{
    qsort(ns, (size_t)count, sizeof *ns, by_value);
    printf("%s %ld %ld\n", name, ns[count / 2], ns[count * 99 / 100]);
    fflush(stdout);
}

#endif
