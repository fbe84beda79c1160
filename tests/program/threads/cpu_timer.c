/* cpu_timer TIMER [away|others]: a timer on processor time, virtual, prof,
 * process or thread, or the limit, goes off when the thread has used that much,
 * set at home or away, or while another thread is away. For it counts what is
 * used at home, the program stays there from then on, and the other comes. */
#define _GNU_SOURCE
#ifdef __popcorn__
#include <popcorn.h>
#else
#define popcorn_migrate(node) ((void)(node))
#endif
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "threads.h"

#define TIMER_MS 50
#define LIMIT_MS 5000 /* of processor time: it does not go off */

static volatile sig_atomic_t gone_off;

static void handler(int signal_number)
{
    gone_off = signal_number;
}

static void set_interval_timer(int which)
{
    struct itimerval value = {.it_value = {0, TIMER_MS * 1000}}, left;

    CHECK(setitimer(which, &value, NULL) == 0);
    CHECK(getitimer(which, &left) == 0);
    CHECK(left.it_value.tv_sec == 0);
}

static void set_clock_timer(clockid_t clock, int signal_number)
{
    struct itimerspec value = {.it_value = {0, TIMER_MS * 1000000}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = signal_number};
    timer_t timer;

    CHECK(timer_create(clock, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &value, NULL) == 0);
}

static void set_limit(void)
{
    struct rlimit limit = {1, RLIM_INFINITY}; /* s */

    CHECK(setrlimit(RLIMIT_CPU, &limit) == 0);
    CHECK(getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_cur == 1);
}

static NOINLINE long used_ms(void)
{
    struct timespec now;

    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static NOINLINE unsigned compute(unsigned x)
{
    for (int i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
    }
    return x;
}

static atomic_int is_away;

static void *other(void *unused)
{
    volatile unsigned x = 1;

    popcorn_migrate(1);
    is_away = 1;
    while (!gone_off) {
        x = compute(x);
    }
#ifdef __popcorn__
    CHECK(popcorn_current_nid() == 0);
#endif
    return unused;
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGVTALRM, SIGPROF, SIGUSR1, SIGXCPU};
    const char *name = argc > 1 ? argv[1] : "";
    int has_other = argc > 2 && strcmp(argv[2], "others") == 0;
    volatile unsigned x = 1;
    pthread_t thread;
    long start_ms;

    for (int i = 0; i < 4; i++) {
        signal(signals[i], handler);
    }
    if (has_other) {
        thread = start(other, NULL);
        while (!is_away) {
        }
    } else if (argc > 2) {
        popcorn_migrate(1);
    }
    if (strcmp(name, "virtual") == 0) {
        set_interval_timer(ITIMER_VIRTUAL);
    } else if (strcmp(name, "prof") == 0) {
        set_interval_timer(ITIMER_PROF);
    } else if (strcmp(name, "limit") == 0) {
        set_limit();
    } else {
        set_clock_timer(strcmp(name, "process") == 0 ? CLOCK_PROCESS_CPUTIME_ID
                                                     : CLOCK_THREAD_CPUTIME_ID,
                        SIGUSR1);
    }
#ifdef __popcorn__
    CHECK(popcorn_current_nid() == 0);
    CHECK(popcorn_migrate(1) == ECANCELED);
#endif
    start_ms = used_ms();
    while (!gone_off && used_ms() - start_ms < LIMIT_MS) {
        x = compute(x);
    }
    printf("%s: signal %d\n", name, (int)gone_off);
    CHECK(gone_off);
    if (has_other) {
        join(thread);
    }
    return 0;
}
