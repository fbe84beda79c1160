/* Clocks go on as threads move: no time is before one that was read earlier, by
 * this thread or by one that told it, and none is far from it; a wait until a
 * time ends then. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

#include "threads.h"

#define THREADS 3
#define ROUNDS 400
#define MS 1000000L
#define FAR_MS                                                                 \
    60000 /* a loaded machine is slow, another's clock is hours off */

static _Atomic long latest_ns;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE long now_ns(clockid_t id)
{
    struct timespec now;

    CHECK(clock_gettime(id, &now) == 0);
    CHECK(now.tv_nsec >= 0 && now.tv_nsec < 1000 * MS);
    return now.tv_sec * 1000 * MS + now.tv_nsec;
}

static NOINLINE void in_order(void)
{
    long before = atomic_load(&latest_ns);
    long now = now_ns(CLOCK_MONOTONIC);

    CHECK(now >= before && now - before < FAR_MS * MS);
    while (before < now &&
           !atomic_compare_exchange_weak(&latest_ns, &before, now)) {
    }
}

static NOINLINE long offset_ms(clockid_t id)
{
    return (now_ns(id) - now_ns(CLOCK_MONOTONIC)) / MS;
}

static int is_near(long a_ms, long b_ms)
{
    return a_ms - b_ms < FAR_MS && b_ms - a_ms < FAR_MS;
}

static NOINLINE void wait_until(clockid_t id, long ms)
{
    long start = now_ns(id), end = start + ms * MS;
    struct timespec until = {end / (1000 * MS), end % (1000 * MS)};
    pthread_condattr_t attributes;
    pthread_cond_t never;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, id);
    pthread_cond_init(&never, &attributes);
    pthread_mutex_lock(&mutex);
    while (pthread_cond_timedwait(&never, &mutex, &until) != ETIMEDOUT) {
    }
    pthread_mutex_unlock(&mutex);
    CHECK(now_ns(id) >= end && now_ns(id) - end < FAR_MS * MS);
    until.tv_sec = end / (1000 * MS);
    CHECK(clock_nanosleep(id, TIMER_ABSTIME, &until, NULL) == 0);
}

static void *work(void *unused)
{
    long real_ms = offset_ms(CLOCK_REALTIME);
    long boot_ms = offset_ms(CLOCK_BOOTTIME);
    struct timeval day;

    for (int i = 0; i < ROUNDS; i++) {
        in_order();
        if (i % 50 == 0) {
            CHECK(is_near(offset_ms(CLOCK_REALTIME), real_ms));
            CHECK(is_near(offset_ms(CLOCK_REALTIME_COARSE), real_ms));
            CHECK(is_near(offset_ms(CLOCK_BOOTTIME), boot_ms));
            CHECK(is_near(offset_ms(CLOCK_MONOTONIC_COARSE), 0));
            CHECK(is_near(offset_ms(CLOCK_MONOTONIC_RAW),
                          offset_ms(CLOCK_MONOTONIC_RAW)));
            CHECK(gettimeofday(&day, NULL) == 0 && day.tv_usec < 1000000);
            CHECK(is_near(day.tv_sec * 1000, now_ns(CLOCK_REALTIME) / MS));
            CHECK(is_near(time(NULL) * 1000, now_ns(CLOCK_REALTIME) / MS));
            wait_until(i % 100 == 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME, 3);
        }
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];

    latest_ns = now_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < THREADS; i++) {
        threads[i] = start(work, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        join(threads[i]);
    }
    in_order();
    puts("in order");
    return 0;
}
