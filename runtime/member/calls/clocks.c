/* The clocks a program sees are home's, on every node. Processes of one machine
 * share the kernel's. A node on another machine has clocks that started with
 * that machine; its agent keeps in the node page what to add
 * (runtime/agent/heartbeat.c).
 *
 * Invariant: on one node, and from where a thread leaves to where it comes, no
 * time is read that is before one read earlier.
 */
#include "runtime/member/calls/calls.h"

static int has_clock(void)
{
    return popcorn_member.mode == POPCORN_REMOTE &&
           __atomic_load_n(&popcorn_node_page()->has_clock, __ATOMIC_ACQUIRE) !=
               0;
}

uint64_t popcorn_now_ns(void)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint64_t now = popcorn_kernel_ns(NEUTRAL_CLOCK_MONOTONIC), last;

    if (!has_clock()) {
        return now;
    }
    now += (uint64_t)__atomic_load_n(&page->to_monotonic, __ATOMIC_RELAXED);
    last = __atomic_load_n(&page->monotonic_ns, __ATOMIC_RELAXED);
    while (last < now &&
           !__atomic_compare_exchange_n(&page->monotonic_ns, &last, now, 1,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return last < now ? now : last;
}

void popcorn_clock_comes(uint64_t then_ns)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint64_t now = popcorn_now_ns();

    if (has_clock() && now < then_ns) { /* at least this late */
        __atomic_add_fetch(&page->to_monotonic, (int64_t)(then_ns - now),
                           __ATOMIC_RELAXED);
    }
}

/* The kernel finds bad addresses. */
int popcorn_clock_call(long n, const long a[6], long *result)
{
    struct popcorn_node_page *page = popcorn_node_page();
    struct neutral_timespec *time;
    uint64_t now;

    if (!has_clock() ||
        (n != NEUTRAL_clock_gettime && n != NEUTRAL_gettimeofday)) {
        return 0;
    }
    now = popcorn_now_ns();
    if (n == NEUTRAL_gettimeofday || a[0] == NEUTRAL_CLOCK_REALTIME ||
        a[0] == NEUTRAL_CLOCK_REALTIME_COARSE) {
        now += (uint64_t)__atomic_load_n(&page->to_realtime, __ATOMIC_RELAXED);
    } else if (a[0] == NEUTRAL_CLOCK_BOOTTIME) {
        now += (uint64_t)__atomic_load_n(&page->to_boottime, __ATOMIC_RELAXED);
    } else if (a[0] != NEUTRAL_CLOCK_MONOTONIC &&
               a[0] != NEUTRAL_CLOCK_MONOTONIC_COARSE) {
        return 0;
    }
    *result = isa_syscall(n, a[0], a[1], 0, 0, 0, 0);
    time = (struct neutral_timespec *)(n == NEUTRAL_gettimeofday ? a[0] : a[1]);
    if (*result == 0 && time != NULL) {
        time->seconds = (int64_t)(now / NEUTRAL_NS_PER_S);
        time->nanoseconds = (int64_t)(now % NEUTRAL_NS_PER_S);
        if (n == NEUTRAL_gettimeofday) {
            time->nanoseconds /= 1000; /* us */
        }
    }
    return 1;
}
