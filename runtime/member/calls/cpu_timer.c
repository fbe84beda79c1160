/* Waiting for processor time: timers, RLIMIT_CPU, sleeps.
 *
 * A timer or a limit is the kernel's and counts what is used at home, so a
 * program that has one stays there from then on (stay_home.c). A sleep looks
 * at the clock now and then, which knows of all nodes (cpu_time.c).
 */
#include "isa/native_libc.h"
#include "runtime/member/calls/calls.h"

#define INFINITE (~(uint64_t)0)
#define SLEEP_LEAST_NS 100000
#define SLEEP_MOST_NS 10000000

static const char has_limit[] =
    "a limit on processor time is set (ulimit -t): the program stays on its "
    "home node, where it is counted";

/* The limit that a call sets, or NULL. */
static const uint64_t *limit_of(long n, const long a[6])
{
    if (n == NEUTRAL_setrlimit && (int)a[0] == NEUTRAL_RLIMIT_CPU) {
        return (const uint64_t *)a[1];
    }
    return n == NEUTRAL_prlimit64 && (int)a[1] == NEUTRAL_RLIMIT_CPU
               ? (const uint64_t *)a[2]
               : NULL;
}

int popcorn_is_cpu_timer(long n, const long a[6])
{
    return n == NEUTRAL_setitimer      ? a[0] != NEUTRAL_ITIMER_REAL
           : n == NEUTRAL_timer_create ? popcorn_is_cpu_clock((int)a[0])
                                       : limit_of(n, a) != NULL;
}

/* One that cannot go off, or is not for this process. */
static int is_idle(long n, const long a[6])
{
    const uint64_t *limit = limit_of(n, a);

    if (limit != NULL) {
        return limit[0] == INFINITE ||
               (n == NEUTRAL_prlimit64 && a[0] != 0 &&
                a[0] != isa_syscall(NEUTRAL_getpid, 0, 0, 0, 0, 0, 0));
    }
    if (n == NEUTRAL_setitimer) {
        const struct neutral_timespec *value =
            (const struct neutral_timespec *)a[1] + 1;

        return a[1] == 0 || (value->seconds | value->nanoseconds) == 0;
    }
    return 0;
}

void popcorn_cpu_timer_is_set(long n, const long a[6])
{
    if (is_idle(n, a)) {
        return;
    }
    popcorn_stay_home(POPCORN_PIN_CPU_TIMER);
    if (limit_of(n, a) != NULL &&
        popcorn_cpu_time_elsewhere() >= NEUTRAL_NS_PER_S) {
        popcorn_say("a limit on processor time was set; it does not count "
                    "what the program has used on other nodes",
                    NULL, 0);
    }
}

void popcorn_cpu_limit_start(void)
{
    uint64_t limit[2] = {INFINITE, INFINITE};

    isa_syscall(NEUTRAL_prlimit64, 0, NEUTRAL_RLIMIT_CPU, 0, (long)limit, 0, 0);
    if (limit[0] != INFINITE) {
        popcorn_pin(POPCORN_PIN_CPU_TIMER);
        popcorn_say(has_limit, NULL, 0);
    }
}

static int64_t in_ns(const struct neutral_timespec *time)
{
    return time->seconds > INT64_MAX / NEUTRAL_NS_PER_S - 1
               ? INT64_MAX
               : time->seconds * NEUTRAL_NS_PER_S + time->nanoseconds;
}

static struct neutral_timespec as_time(int64_t ns)
{
    return (struct neutral_timespec){ns / NEUTRAL_NS_PER_S,
                                     ns % NEUTRAL_NS_PER_S};
}

/* 0 or -errno. */
static long read_clock(long clock, int64_t *ns)
{
    struct neutral_timespec now = {0, 0};
    const long a[6] = {clock, (long)&now};
    long result;

    if (!popcorn_cpu_time_call(NEUTRAL_clock_gettime, a, &result)) {
        result =
            isa_syscall(NEUTRAL_clock_gettime, clock, (long)&now, 0, 0, 0, 0);
    }
    *ns = in_ns(&now);
    return result;
}

/* Until the clock has reached end_ns, or a signal comes. */
static long sleep_until(long clock, int64_t end_ns, int cancellable,
                        int64_t *left_ns)
{
    for (int rounds = 0;; rounds++) {
        struct neutral_timespec pause;
        int64_t now_ns, wait_ns;
        long a[6] = {(long)&pause};
        long result = read_clock(clock, &now_ns);

        if (result != 0 || now_ns >= end_ns) {
            return 0; /* also if what had this clock has ended, as in Linux */
        }
        *left_ns = end_ns - now_ns;
        wait_ns = *left_ns / popcorn_member.thread_count;
        wait_ns = wait_ns < SLEEP_LEAST_NS ? SLEEP_LEAST_NS : wait_ns;
        pause = as_time(wait_ns > SLEEP_MOST_NS ? SLEEP_MOST_NS : wait_ns);
        result = popcorn_kernel_call(NEUTRAL_nanosleep, a, cancellable);
        if (result != 0) { /* not begun only if nothing has been slept */
            return rounds == 0 ? result : -NEUTRAL_EINTR;
        }
    }
}

/* Home's clock_nanosleep on processor time. The kernel refuses a sleep on the
 * thread's own clock, and finds bad times and addresses: one in the past of
 * CLOCK_REALTIME is over at once. */
long popcorn_cpu_sleep(const long a[6], int cancellable)
{
    const struct neutral_timespec *wanted =
        (const struct neutral_timespec *)a[2];
    struct neutral_timespec *left = (struct neutral_timespec *)a[3];
    struct neutral_timespec none = {0, 0};
    int64_t now_ns, left_ns = 0;
    long result = isa_syscall(NEUTRAL_clock_nanosleep, a[0],
                              NEUTRAL_TIMER_ABSTIME, (long)&none, 0, 0, 0);

    if (result == 0) {
        result = isa_syscall(NEUTRAL_clock_nanosleep, NEUTRAL_CLOCK_REALTIME,
                             NEUTRAL_TIMER_ABSTIME, a[2], 0, 0, 0);
    }
    if (result != 0 || (result = read_clock(a[0], &now_ns)) != 0) {
        return result;
    }
    if ((a[1] & NEUTRAL_TIMER_ABSTIME) != 0) {
        return sleep_until(a[0], in_ns(wanted), cancellable, &left_ns);
    }
    result = sleep_until(a[0], now_ns + in_ns(wanted), cancellable, &left_ns);
    if (result == -NEUTRAL_EINTR && left != NULL) {
        *left = as_time(left_ns);
    }
    return result;
}
