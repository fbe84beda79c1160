/* Threads update floating-point numbers atomically, each in every way C has for
 * it: no update is lost, on one node and over several.
 *
 *   floats [ROUNDS [THREADS [WAIT]]]
 *
 * WAIT: milliseconds before a thread begins, in which it gets to where it is
 * sent. All numbers stay integers that their type holds exactly.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <unistd.h>

#include "threads.h"

#define MAX_THREADS 16

static long rounds = 200, thread_count = 4, wait_ms;

static struct {
    _Atomic float single, singles_down;
    _Atomic double twice, twice_down;
    float plain;
    double plain_twice;
    _Atomic long double wide;
} sums;

static void *work(void *argument)
{
    (void)argument;
    usleep((useconds_t)wait_ms * 1000);
    for (long i = 0; i < rounds; i++) {
        atomic_fetch_add(&sums.single, 1.0f);
        atomic_fetch_sub(&sums.singles_down, 1.0f);
        atomic_fetch_add_explicit(&sums.twice, 1.0, memory_order_relaxed);
        atomic_fetch_sub_explicit(&sums.twice_down, 2.0, memory_order_acq_rel);
        __atomic_fetch_add(&sums.plain, 3.0f, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&sums.plain_twice, 1.0, __ATOMIC_RELEASE);
        sums.single += 1;
        sums.wide += 1;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread[MAX_THREADS];
    double all;

    if (argc > 1) {
        rounds = atol(argv[1]);
    }
    if (argc > 2) {
        thread_count = atol(argv[2]);
    }
    if (argc > 3) {
        wait_ms = atol(argv[3]);
    }
    CHECK(thread_count <= MAX_THREADS && rounds * thread_count < 1 << 22);
    for (long i = 0; i < thread_count; i++) {
        thread[i] = start(work, NULL);
    }
    for (long i = 0; i < thread_count; i++) {
        join(thread[i]);
    }
    all = (double)(rounds * thread_count);
    printf("%g %g %g %g %g %g %Lg\n", sums.single / all,
           sums.singles_down / all, sums.twice / all, sums.twice_down / all,
           sums.plain / all, sums.plain_twice / all, sums.wide / all);
    CHECK(sums.single == 2 * all && sums.singles_down == -all);
    CHECK(sums.twice == all && sums.twice_down == -2 * all);
    CHECK(sums.plain == 3 * all && sums.plain_twice == all);
    CHECK(sums.wide == all);
    return 0;
}
