/* The processor time clocks of others: what a thread that computes elsewhere has
 * used, read and slept on by another thread; a child's. */
#define _GNU_SOURCE
#ifdef __popcorn__
#include <popcorn.h>
#else
#define popcorn_migrate(node) ((void)(node))
#endif
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

#define SLEEP_MS 40
#define PATIENCE 200 /* times as long by the wall clock */

static atomic_int running, stop;
static atomic_llong last_own_ns; /* as the worker has read it */

static long long clock_ns(clockid_t clock)
{
    struct timespec now;

    CHECK(clock_gettime(clock, &now) == 0);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static NOINLINE unsigned compute(unsigned x)
{
    for (int i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
    }
    return x;
}

static void *work(void *unused)
{
    volatile unsigned x = 1;

    popcorn_migrate(1);
    running = 1;
    while (!stop) {
        x = compute(x);
        last_own_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    }
    return unused;
}

/* The clock has a time between what its thread says before and after. */
static void check_between(clockid_t clock)
{
    for (int i = 0; i < 20; i++) {
        long long before = last_own_ns, now = clock_ns(clock);

        CHECK(now >= before);
        /* The next one stored may have been read before now, the one after
         * it not. */
        before = last_own_ns;
        while (last_own_ns == before) {
        }
        before = last_own_ns;
        while (last_own_ns == before) {
        }
        CHECK(last_own_ns >= now);
    }
}

static void check_sleep(clockid_t clock)
{
    const struct timespec wanted = {0, SLEEP_MS * 1000000};
    long long start_ns = clock_ns(clock);
    long long wall_ns = clock_ns(CLOCK_MONOTONIC);
    struct timespec until;

    CHECK(clock_nanosleep(clock, 0, &wanted, NULL) == 0);
    CHECK(clock_ns(clock) - start_ns >= SLEEP_MS * 1000000LL);
    until.tv_sec = (start_ns + 2 * wanted.tv_nsec) / 1000000000;
    until.tv_nsec = (start_ns + 2 * wanted.tv_nsec) % 1000000000;
    CHECK(clock_nanosleep(clock, TIMER_ABSTIME, &until, NULL) == 0);
    CHECK(clock_ns(clock) - start_ns >= 2 * SLEEP_MS * 1000000LL);
    CHECK(clock_ns(CLOCK_MONOTONIC) - wall_ns <
          2 * PATIENCE * SLEEP_MS * 1000000LL);
}

static void check_refused(clockid_t own)
{
    const struct timespec some = {0, 1}, bad = {0, 1000000000};
    clockid_t nobodys;

    CHECK(clock_nanosleep(own, 0, &some, NULL) == EINVAL);
    CHECK(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &bad, NULL) == EINVAL);
    CHECK(clock_getcpuclockid(0x3fffff, &nobodys) != 0);
}

static void check_child(void)
{
    pid_t child = fork();
    clockid_t clock;

    if (child == 0) {
        volatile unsigned x = 1;
        for (;;) {
            x = compute(x);
        }
    }
    CHECK(clock_getcpuclockid(child, &clock) == 0);
    while (clock_ns(clock) < 5000000) {
    }
    CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
}

int main(void)
{
    pthread_t worker = start(work, NULL);
    clockid_t clock, own, process;
    long long before;

    CHECK(pthread_getcpuclockid(worker, &clock) == 0);
    CHECK(pthread_getcpuclockid(pthread_self(), &own) == 0);
    CHECK(clock_getcpuclockid(getpid(), &process) == 0);
    while (!running) {
    }
    check_between(clock);
    before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    CHECK(clock_ns(own) >= before);
    CHECK(clock_ns(CLOCK_THREAD_CPUTIME_ID) >= clock_ns(own) - 1000000);
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    CHECK(clock_ns(process) >= before && before >= last_own_ns - 10000000);
    check_sleep(clock);
    check_sleep(process);
    check_sleep(CLOCK_PROCESS_CPUTIME_ID);
    check_refused(own);
    stop = 1;
    join(worker);
    check_child();
    puts("clocks of others");
    return 0;
}
