/* What the programs of tests/program/language share.
 *
 * point() is a call that nothing is known of: with -popcorn-dense-points and
 * --bounce 1 the thread moves at its entry, so whatever a caller uses after it
 * has crossed to the other ISA.
 */
#ifndef POPCORN_TESTS_LANGUAGE_H
#define POPCORN_TESTS_LANGUAGE_H

#include <stdio.h>

#define NOINLINE __attribute__((noinline))

static NOINLINE void point(void)
{
    static volatile int calls;

    calls = calls + 1;
}

/* `value`, which the optimiser does not see through, after a move. */
static inline long hidden(long value)
{
    volatile long kept = value;

    point();
    return kept;
}

/* FNV-1a of `size` bytes, after a move. */
static inline unsigned hash(const void *data, unsigned long size)
{
    const unsigned char *byte = data;
    unsigned value = 2166136261u;

    point();
    while (size-- != 0) {
        value = (value ^ *byte++) * 16777619u;
    }
    return value;
}

#endif
