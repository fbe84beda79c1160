/* Litmus tests of the memory model over pages of their own: store buffering,
 * message passing and load buffering (release, acquire), independent reads of
 * independent writes. Prints how often an outcome was seen that C11 forbids:
 * wherever the threads are, that is never.
 *
 *   litmus [ROUNDS]
 *
 * Rounds are aligned by a spinning barrier on a page of its own. */
#include <sched.h>
#include <stdatomic.h>

#include "threads.h"

#define PAGE 4096

/* Each variable has a page. */
static struct {
    _Alignas(PAGE) atomic_int x;
    _Alignas(PAGE) atomic_int y;
    _Alignas(PAGE) atomic_int data; /* for message passing */
    _Alignas(PAGE) int plain;
    _Alignas(PAGE) atomic_long arrived;
    _Alignas(PAGE) atomic_long left;
} *shared;

static long rounds = 40;
static int seen[4][4]; /* what thread i read in this round */

static void meet(atomic_long *counter, long round)
{
    atomic_fetch_add(counter, 1);
    while (atomic_load(counter) < 4 * (round + 1)) {
        sched_yield(); /* there may be fewer processors than threads */
    }
}

static NOINLINE void store_buffering(int self)
{
    if (self == 0) {
        atomic_store(&shared->x, 1);
        seen[0][0] = atomic_load(&shared->y);
    } else if (self == 1) {
        atomic_store(&shared->y, 1);
        seen[1][0] = atomic_load(&shared->x);
    }
}

static int store_buffering_failed(void)
{
    return seen[0][0] == 0 && seen[1][0] == 0;
}

static NOINLINE void message_passing(int self)
{
    if (self == 0) {
        shared->plain = 42;
        atomic_store_explicit(&shared->data, 42, memory_order_relaxed);
        atomic_store_explicit(&shared->x, 1, memory_order_release);
    } else {
        seen[self][0] = atomic_load_explicit(&shared->x, memory_order_acquire);
        seen[self][1] =
            atomic_load_explicit(&shared->data, memory_order_relaxed);
        seen[self][2] = seen[self][0] != 0 ? shared->plain : 42;
    }
}

static int message_passing_failed(void)
{
    for (int i = 1; i < 4; i++) {
        if (seen[i][0] == 1 && (seen[i][1] != 42 || seen[i][2] != 42)) {
            return 1;
        }
    }
    return 0;
}

static NOINLINE void load_buffering(int self)
{
    if (self == 0) {
        seen[0][0] = atomic_load_explicit(&shared->x, memory_order_acquire);
        atomic_store_explicit(&shared->y, 1, memory_order_release);
    } else if (self == 1) {
        seen[1][0] = atomic_load_explicit(&shared->y, memory_order_acquire);
        atomic_store_explicit(&shared->x, 1, memory_order_release);
    }
}

static int load_buffering_failed(void)
{
    return seen[0][0] == 1 && seen[1][0] == 1;
}

static NOINLINE void independent_reads(int self)
{
    if (self == 0) {
        atomic_store(&shared->x, 1);
    } else if (self == 1) {
        atomic_store(&shared->y, 1);
    } else {
        seen[self][0] = atomic_load(self == 2 ? &shared->x : &shared->y);
        seen[self][1] = atomic_load(self == 2 ? &shared->y : &shared->x);
    }
}

static int independent_reads_failed(void)
{
    return seen[2][0] == 1 && seen[2][1] == 0 && seen[3][0] == 1 &&
           seen[3][1] == 0;
}

static struct {
    const char *name;
    void (*run)(int self);
    int (*failed)(void);
    long failures;
} tests[] = {
    {"store buffering", store_buffering, store_buffering_failed, 0},
    {"message passing", message_passing, message_passing_failed, 0},
    {"load buffering", load_buffering, load_buffering_failed, 0},
    {"IRIW", independent_reads, independent_reads_failed, 0},
};
#define TESTS (int)(sizeof tests / sizeof tests[0])

static void *work(void *argument)
{
    int self = (int)(intptr_t)argument;
    long round = 0;

    for (int test = 0; test < TESTS; test++) {
        for (long i = 0; i < rounds; i++, round++) {
            meet(&shared->arrived, round);
            tests[test].run(self);
            meet(&shared->left, 2 * round);
            if (self == 0) {
                tests[test].failures += tests[test].failed();
                atomic_store(&shared->x, 0);
                atomic_store(&shared->y, 0);
                atomic_store(&shared->data, 0);
                shared->plain = 0;
            }
            meet(&shared->left, 2 * round + 1);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[4];

    if (argc > 1) {
        rounds = strtol(argv[1], NULL, 10);
    }
    shared = aligned_alloc(PAGE, sizeof *shared);
    CHECK(shared != NULL);
    *shared = (typeof(*shared)){0};
    for (intptr_t i = 0; i < 4; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < 4; i++) {
        join(threads[i]);
    }
    for (int test = 0; test < TESTS; test++) {
        printf("%s: %ld forbidden outcomes\n", tests[test].name,
               tests[test].failures);
    }
    return 0;
}
