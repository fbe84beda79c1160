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
 * The clock of another thread is asked of the node where that thread is. Another
 * process's is what its home's kernel has counted.
 */
#include "runtime/member/calls/calls.h"

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
    return (int64_t)popcorn_kernel_ns(NEUTRAL_CLOCK_THREAD_CPUTIME);
}

static struct cpu_use use_here(void)
{
    struct kernel_rusage use = {.others = {0}};
    struct cpu_use result;

    isa_syscall(NEUTRAL_getrusage, NEUTRAL_RUSAGE_SELF, (long)&use, 0, 0, 0, 0);
    result.user_ns = use.user.s * NEUTRAL_NS_PER_S + use.user.fraction * 1000;
    result.system_ns =
        use.system.s * NEUTRAL_NS_PER_S + use.system.fraction * 1000;
    return result;
}

void popcorn_cpu_time_start(void)
{
    before_ready = use_here();
}

/* Clock ids below 0: Linux, include/linux/posix-timers.h. */
#define CLOCK_IS_CPU(clock) (((clock) & 3) != 3)
#define CLOCK_IS_THREAD(clock) (((clock) & 4) != 0)
#define CLOCK_OWNER(clock) (~((clock) >> 3))
#define CLOCK_OF_THREAD(id) ((int)(~(unsigned)(id) << 3 | 6))

/* What the thread of this seat has used in all; 0 if it is on another node. */
static int64_t thread_total_ns(const struct popcorn_seat *seat)
{
    if (popcorn_seat_state(seat) != POPCORN_SEAT_RUNNING) {
        return 0;
    }
    return seat->cpu_base_ns +
           (int64_t)popcorn_kernel_ns(CLOCK_OF_THREAD(seat->kernel_id));
}

void popcorn_cpu_time_used(struct popcorn_message *answer)
{
    struct cpu_use now = use_here();

    if (answer->cpu_time.thread_plus_1 != 0) {
        uint64_t thread = answer->cpu_time.thread_plus_1 - 1;

        answer->cpu_time.user_ns =
            thread < POPCORN_MAX_THREADS
                ? (uint64_t)thread_total_ns(popcorn_seats[thread])
                : 0;
        return;
    }
    answer->cpu_time.user_ns = (uint64_t)(now.user_ns - before_ready.user_ns);
    answer->cpu_time.system_ns =
        (uint64_t)(now.system_ns - before_ready.system_ns);
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
        if ((int64_t)message.cpu_time.user_ns > elsewhere.user_ns) {
            elsewhere.user_ns = (int64_t)message.cpu_time.user_ns;
        }
        if ((int64_t)message.cpu_time.system_ns > elsewhere.system_ns) {
            elsewhere.system_ns = (int64_t)message.cpu_time.system_ns;
        }
    }
    result = elsewhere;
    popcorn_unlock(mask);
    return result;
}

/* per_s: units of `time` in a second */
static void add(struct kernel_time *time, int64_t ns, int64_t per_s)
{
    int64_t fraction =
        time->fraction + ns % NEUTRAL_NS_PER_S / (NEUTRAL_NS_PER_S / per_s);

    time->s += ns / NEUTRAL_NS_PER_S;
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

/* Under the lock. 0: it is between two nodes, or a node was lost. */
static int64_t total_elsewhere_ns_locked(const struct popcorn_seat *seat)
{
    struct popcorn_message message;

    popcorn_message_init(&message, popcorn_seat(), POPCORN_CPU_TIME,
                         popcorn_node_page()->node_id);
    message.cpu_time.thread_plus_1 = seat->thread + 1;
    if (popcorn_member.agent_lost ||
        popcorn_ask_message(popcorn_seat(), &message, POPCORN_CPU_TIME_ACK) !=
            0) {
        return 0;
    }
    return (int64_t)message.cpu_time.user_ns;
}

/* Home: all that a thread of the program has used; -1 if none has this id. */
static int64_t other_thread_ns(int id)
{
    struct neutral_timespec pause = {0, 200000};

    for (;;) {
        uint64_t mask = popcorn_lock();
        struct popcorn_seat *seat = popcorn_seat_of(id);
        int64_t total = seat == NULL ? -1 : thread_total_ns(seat);

        if (total == 0) {
            total = total_elsewhere_ns_locked(seat);
        }
        popcorn_unlock(mask);
        if (total != 0 || popcorn_member.agent_lost) {
            return total;
        }
        isa_syscall(NEUTRAL_nanosleep, (long)&pause, 0, 0, 0, 0, 0);
    }
}

enum whose_time { NOBODYS, THREADS, OTHER_THREADS, PROCESSES };

static enum whose_time whose_clock(int clock)
{
    if (clock >= 0 || !CLOCK_IS_CPU(clock)) {
        return clock == NEUTRAL_CLOCK_PROCESS_CPUTIME  ? PROCESSES
               : clock == NEUTRAL_CLOCK_THREAD_CPUTIME ? THREADS
                                                       : NOBODYS;
    }
    if (popcorn_member.mode != POPCORN_HOME) {
        return NOBODYS; /* home knows ids */
    }
    if (CLOCK_IS_THREAD(clock)) {
        return CLOCK_OWNER(clock) == 0 ? THREADS : OTHER_THREADS;
    }
    return CLOCK_OWNER(clock) == 0 ||
                   CLOCK_OWNER(clock) ==
                       isa_syscall(NEUTRAL_getpid, 0, 0, 0, 0, 0, 0)
               ? PROCESSES
               : NOBODYS;
}

static enum whose_time whose(long n, const long a[6])
{
    switch (n) {
    case NEUTRAL_clock_gettime:
        return whose_clock((int)a[0]);
    case NEUTRAL_getrusage:
        return (int)a[0] == NEUTRAL_RUSAGE_SELF     ? PROCESSES
               : (int)a[0] == NEUTRAL_RUSAGE_THREAD ? THREADS
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
    struct cpu_use here;

    switch (n) {
    case NEUTRAL_clock_gettime:
        add((struct kernel_time *)a[1], more.user_ns + more.system_ns,
            NEUTRAL_NS_PER_S);
        break;
    case NEUTRAL_getrusage:
        add(&use->user, more.user_ns, 1000000);
        add(&use->system, more.system_ns, 1000000);
        break;
    case NEUTRAL_times:
        if (ticks != NULL) {
            here = use_here(); /* whole ticks of the sum */
            ticks[0] = (here.user_ns + more.user_ns) / TICK_NS;
            ticks[1] = (here.system_ns + more.system_ns) / TICK_NS;
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
    if (*result >= 0 && asked == OTHER_THREADS) {
        int64_t total = other_thread_ns(CLOCK_OWNER((int)a[0]));
        struct kernel_time *time = (struct kernel_time *)a[1];

        if (total > 0) {
            time->s = total / NEUTRAL_NS_PER_S;
            time->fraction = total % NEUTRAL_NS_PER_S;
        }
    } else if (*result >= 0) {
        add_to_result(n, a,
                      asked == PROCESSES
                          ? use_elsewhere()
                          : (struct cpu_use){popcorn_seat()->cpu_base_ns, 0});
    }
    return 1;
}

int popcorn_is_cpu_clock(int clock)
{
    return clock == NEUTRAL_CLOCK_PROCESS_CPUTIME ||
           clock == NEUTRAL_CLOCK_THREAD_CPUTIME ||
           (clock < 0 && CLOCK_IS_CPU(clock));
}

int64_t popcorn_cpu_time_elsewhere(void)
{
    struct cpu_use use = use_elsewhere();

    return use.user_ns + use.system_ns;
}
