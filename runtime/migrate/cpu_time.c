/* Processor time of a program whose threads run on several nodes.
 *
 *   thread    a total travels with it in its TLS; a node adds what the seat's
 *             kernel thread has used since the thread came
 *   process   home's own, and what each remote member says it has used since
 *             it was ready
 *
 * Which part was user time another node's kernel knows, but not when a thread
 * has left: time brought from elsewhere counts as user time.
 *
 * A timer on processor time is the kernel's and counts what is used at home, so a
 * program that sets one stays there from then on. Not told of other nodes: sleeps
 * on these clocks, RLIMIT_CPU, the clocks of other threads and processes.
 */
#include "runtime/migrate/member.h"

#define PROCESS_CPUTIME 2
#define THREAD_CPUTIME 3
#define RUSAGE_SELF 0
#define RUSAGE_THREAD 1
#define ITIMER_REAL 0
#define NS_PER_S 1000000000
#define TICK_NS 10000000 /* of times(): USER_HZ is 100 */

extern __thread int64_t __popcorn_cpu_ns
    __attribute__((tls_model("local-exec")));

struct cpu_use {
    int64_t user_ns;
    int64_t system_ns;
};

struct kernel_time {
    int64_t s;
    int64_t fraction; /* ns or us */
};

struct kernel_rusage {
    struct kernel_time user, system; /* us */
    int64_t others[14];
};

static struct cpu_use before_ready; /* remote: start-up */
static struct cpu_use elsewhere;    /* home: the last that was known */

static int64_t seat_clock_ns(void)
{
    return (int64_t)popcorn_kernel_ns(THREAD_CPUTIME);
}

static struct cpu_use use_here(void)
{
    struct kernel_rusage use = {.others = {0}};
    struct cpu_use result;

    isa_syscall(NEUTRAL_getrusage, RUSAGE_SELF, (long)&use, 0, 0, 0, 0);
    result.user_ns = use.user.s * NS_PER_S + use.user.fraction * 1000;
    result.system_ns = use.system.s * NS_PER_S + use.system.fraction * 1000;
    return result;
}

void popcorn_cpu_time_start(void)
{
    before_ready = use_here();
}

void popcorn_cpu_time_used(struct popcorn_message *answer)
{
    struct cpu_use now = use_here();

    answer->arg[0] = (uint64_t)(now.user_ns - before_ready.user_ns);
    answer->arg[1] = (uint64_t)(now.system_ns - before_ready.system_ns);
}

void popcorn_cpu_time_leaves(struct popcorn_seat *seat)
{
    __popcorn_cpu_ns = seat->cpu_base_ns + seat_clock_ns();
}

/* Not inlined: the thread pointer has just changed. */
__attribute__((noinline)) void popcorn_cpu_time_comes(struct popcorn_seat *seat)
{
    seat->cpu_base_ns = __popcorn_cpu_ns - seat_clock_ns();
}

/* A node that is lost takes its figures with it: the clock stands still then. */
static struct cpu_use use_elsewhere(void)
{
    struct popcorn_message message;
    uint64_t mask;
    struct cpu_use result;

    if (popcorn_member.mode != POPCORN_HOME || !popcorn_member.ever_moved) {
        return (struct cpu_use){0, 0};
    }
    mask = popcorn_lock();
    popcorn_message_init(&message, popcorn_seat(), POPCORN_CPU_TIME,
                         popcorn_node_page()->node_id);
    if (!popcorn_member.agent_lost &&
        popcorn_ask_message(popcorn_seat(), &message, POPCORN_CPU_TIME_ACK) ==
            0) {
        if ((int64_t)message.arg[0] > elsewhere.user_ns) {
            elsewhere.user_ns = (int64_t)message.arg[0];
        }
        if ((int64_t)message.arg[1] > elsewhere.system_ns) {
            elsewhere.system_ns = (int64_t)message.arg[1];
        }
    }
    result = elsewhere;
    popcorn_unlock(mask);
    return result;
}

/* per_s: units of `time` in a second */
static void add(struct kernel_time *time, int64_t ns, int64_t per_s)
{
    int64_t fraction = time->fraction + ns % NS_PER_S / (NS_PER_S / per_s);

    time->s += ns / NS_PER_S;
    if (fraction < 0) {
        fraction += per_s;
        time->s--;
    } else if (fraction >= per_s) {
        fraction -= per_s;
        time->s++;
    }
    time->fraction = fraction;
    if (time->s < 0) { /* a stand-in's own time is not the thread's */
        time->s = time->fraction = 0;
    }
}

enum whose_time { NOBODYS, THREADS, PROCESSES };

static enum whose_time whose(long n, const long a[6])
{
    switch (n) {
    case NEUTRAL_clock_gettime:
        return (int)a[0] == PROCESS_CPUTIME  ? PROCESSES
               : (int)a[0] == THREAD_CPUTIME ? THREADS
                                             : NOBODYS;
    case NEUTRAL_getrusage:
        return (int)a[0] == RUSAGE_SELF     ? PROCESSES
               : (int)a[0] == RUSAGE_THREAD ? THREADS
                                            : NOBODYS;
    case NEUTRAL_times:
        return PROCESSES;
    }
    return NOBODYS;
}

/* To what the kernel has filled in. */
static void add_to_result(long n, const long a[6], struct cpu_use more)
{
    struct kernel_rusage *use = (struct kernel_rusage *)a[1];
    int64_t *ticks = (int64_t *)a[0]; /* user, system, of children */

    switch (n) {
    case NEUTRAL_clock_gettime:
        add((struct kernel_time *)a[1], more.user_ns + more.system_ns,
            NS_PER_S);
        break;
    case NEUTRAL_getrusage:
        add(&use->user, more.user_ns, 1000000);
        add(&use->system, more.system_ns, 1000000);
        break;
    case NEUTRAL_times:
        if (ticks != NULL) {
            ticks[0] += more.user_ns / TICK_NS;
            ticks[1] += more.system_ns / TICK_NS;
        }
        break;
    }
}

/* The kernel fills in what it knows, and finds bad addresses. */
int popcorn_cpu_time_call(long n, const long a[6], long *result)
{
    enum whose_time asked = whose(n, a);

    if (asked == NOBODYS ||
        (asked == PROCESSES && popcorn_member.mode != POPCORN_HOME)) {
        return 0;
    }
    *result = isa_syscall(n, a[0], a[1], 0, 0, 0, 0);
    if (*result >= 0) {
        add_to_result(n, a,
                      asked == PROCESSES
                          ? use_elsewhere()
                          : (struct cpu_use){popcorn_seat()->cpu_base_ns, 0});
    }
    return 1;
}

int popcorn_is_cpu_timer(long n, const long a[6])
{
    return n == NEUTRAL_setitimer
               ? a[0] != ITIMER_REAL
               : n == NEUTRAL_timer_create &&
                     ((int)a[0] == PROCESS_CPUTIME ||
                      (int)a[0] == THREAD_CPUTIME || (int)a[0] < 0);
}

void popcorn_cpu_timer_is_set(long n, const long a[6])
{
    const struct kernel_time *value = (const struct kernel_time *)a[1] + 1;

    if (n == NEUTRAL_setitimer &&
        (a[1] == 0 || (value->s | value->fraction) == 0)) {
        return; /* disarmed */
    }
    if (popcorn_member.pinned == POPCORN_DECLINE_NONE) {
        popcorn_member.pinned = POPCORN_DECLINE_CPU_TIMER;
    }
    for (uint32_t i = 0; i < popcorn_member.thread_limit; i++) {
        if (popcorn_seats[i] != NULL && popcorn_seats[i]->live &&
            popcorn_seats[i]->away) {
            popcorn_say("a timer on processor time was set; it does not count "
                        "what threads use that are on other nodes now",
                        NULL, 0);
            return;
        }
    }
}
