/* What the programs of tests/program/threads share. Their output does not depend on
 * the order in which threads run, so it can be compared with a native run. */
#ifndef POPCORN_TESTS_THREADS_H
#define POPCORN_TESTS_THREADS_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

/* Ends the program with status 1 unless `condition` holds. */
#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            printf("%s:%d: %s: does not hold\n", __FILE_NAME__, __LINE__,      \
                   #condition);                                                \
            fflush(stdout);                                                    \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

static inline pthread_t start(void *(*body)(void *), void *argument)
{
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, body, argument) == 0);
    return thread;
}

static inline void *join(pthread_t thread)
{
    void *result;

    CHECK(pthread_join(thread, &result) == 0);
    return result;
}

/* A generator of numbers that belongs to one thread. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
