/* Processor time is counted wherever a thread runs: each thread's own clock
 * never stands still while it computes, and the process's has at least the time
 * of all its threads. */
#define _GNU_SOURCE
#ifdef __popcorn__
#include <popcorn.h>
#else
#define popcorn_migrate(node) (node)
#endif
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#include "threads.h"

#define THREADS 3
#define SLICES 6
#define SLICE_MS 5
#define STEPS 1000000
#define TICK_MS 10 /* of times() and of some kernels' getrusage() */

static long clock_ms(clockid_t id)
{
    struct timespec now;

    CHECK(clock_gettime(id, &now) == 0);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long rusage_ms(int who)
{
    struct rusage use;

    CHECK(getrusage(who, &use) == 0);
    CHECK(use.ru_utime.tv_usec >= 0 && use.ru_utime.tv_usec < 1000000);
    return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
           (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
}

static long times_ms(void)
{
    struct tms use;

    CHECK(times(&use) != (clock_t)-1);
    return (use.tms_utime + use.tms_stime) * TICK_MS;
}

static NOINLINE long compute(long n)
{
    volatile long sum = 0;

    for (long i = 0; i < n; i++) {
        sum += i % 7;
    }
    return sum;
}

/* Returns the thread's processor time. */
static void *work(void *unused)
{
    long last_own = 0, last_all = 0;

    (void)unused;
    for (int slice = 1; slice <= SLICES; slice++) {
        long own, all;

        while ((own = clock_ms(CLOCK_THREAD_CPUTIME_ID)) < slice * SLICE_MS) {
            CHECK(own >= last_own);
            last_own = own;
            compute(20000);
        }
        all = (long)(clock() / (CLOCKS_PER_SEC / 1000));
        CHECK(all >= last_all && all >= own);
        CHECK(clock_ms(CLOCK_PROCESS_CPUTIME_ID) >= all);
        CHECK(rusage_ms(RUSAGE_THREAD) + 1 >= own);
        last_all = all;
    }
    return (void *)(intptr_t)last_own;
}

/* Microseconds that some work takes by this clock. */
static NOINLINE long cost_us(clockid_t id)
{
    struct timespec before, after;

    CHECK(clock_gettime(id, &before) == 0);
    compute(STEPS);
    CHECK(clock_gettime(id, &after) == 0);
    return (after.tv_sec - before.tv_sec) * 1000000 +
           (after.tv_nsec - before.tv_nsec) / 1000;
}

/* No processor does the work in less than a tenth of a nanosecond a step. */
static void check_clock(clockid_t id)
{
    long here = cost_us(id), there;

    popcorn_migrate(1);
    there = cost_us(id);
    popcorn_migrate(0);
    CHECK(here >= STEPS / 10000 && there >= STEPS / 10000);
}

int main(void)
{
    pthread_t threads[THREADS];
    long sum = 0, all;

    check_clock(CLOCK_THREAD_CPUTIME_ID);
    check_clock(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < THREADS; i++) {
        threads[i] = start(work, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        sum += (long)(intptr_t)join(threads[i]);
    }
    all = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    CHECK(sum >= THREADS * (SLICES - 1) * SLICE_MS);
    CHECK(all >= sum);
    CHECK(rusage_ms(RUSAGE_SELF) + TICK_MS >= all);
    CHECK(times_ms() + 2 * TICK_MS >= all);
    puts("counted");
    return 0;
}
