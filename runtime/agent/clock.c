/* Home's clocks on the nodes of other machines.
 *
 * A program must not see its clocks jump when it moves, so home's heartbeats
 * carry them.  A node's idea of them is late by the time a message travels.
 * What may tell a thread there that something has happened at home (a page, the
 * end of a call) carries the time as well, and the node's clock is put forward
 * to it: no thread reads a time that is before one it could know of.  The other
 * way round a node's clock, being late, is not ahead of home's.  For the clocks
 * of two machines do not run alike, up to CLOCK_DRIFT_NS are taken back at a
 * heartbeat.  The member's half: runtime/member/calls/clocks.c. */
#include <time.h>

#include "runtime/agent/agent.h"

enum {
    CLOCK_DRIFT_NS = 200000 /* 100 us a second: more than a bad quartz's */
};

/* What a peer or a member says may be any number: sums and differences wrap. */
static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t clock_ns(clockid_t id)
{
    struct timespec now = {0, 0};

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

uint64_t clock_home_ns(const struct agent *agent)
{
    const struct popcorn_node_page *page = agent->page;
    int64_t offset = 0;

    if (agent->node != agent->home &&
        __atomic_load_n(&page->has_clock, __ATOMIC_ACQUIRE)) {
        offset = __atomic_load_n(&page->to_monotonic, __ATOMIC_RELAXED);
    }
    return (uint64_t)sum(clock_ns(CLOCK_MONOTONIC), offset);
}

static int carries_time(const struct agent *agent, unsigned node, uint16_t type)
{
    return agent->peer[node].seal_out.on != 0 && /* another machine */
           (type == POPCORN_PAGE_REPLY || type == POPCORN_SYSCALL_REPLY ||
            type == POPCORN_HEARTBEAT);
}

void clock_stamp(const struct agent *agent, unsigned node,
                 struct popcorn_message *header)
{
    int64_t now;

    if (agent->node != agent->home ||
        !carries_time(agent, node, header->type)) {
        return;
    }
    now = clock_ns(CLOCK_MONOTONIC);
    header->arg[POPCORN_STAMP] = (uint64_t)now;
    if (header->type == POPCORN_HEARTBEAT) {
        header->clock.to_realtime = (uint64_t)(clock_ns(CLOCK_REALTIME) - now);
        header->clock.to_boottime = (uint64_t)(clock_ns(CLOCK_BOOTTIME) - now);
    }
}

void clock_follow(struct agent *agent, const struct popcorn_message *header)
{
    struct popcorn_node_page *page = agent->page;
    int64_t offset, known;

    if (agent->node == agent->home ||
        !carries_time(agent, agent->home, header->type)) {
        return;
    }
    offset =
        sum((int64_t)header->arg[POPCORN_STAMP], -clock_ns(CLOCK_MONOTONIC));
    known = __atomic_load_n(&page->to_monotonic, __ATOMIC_RELAXED);
    if (header->type == POPCORN_HEARTBEAT) {
        if (page->has_clock && sum(known, -CLOCK_DRIFT_NS) > offset) {
            offset = sum(known, -CLOCK_DRIFT_NS);
        }
        __atomic_store_n(&page->to_realtime, (int64_t)header->clock.to_realtime,
                         __ATOMIC_RELAXED);
        __atomic_store_n(&page->to_boottime, (int64_t)header->clock.to_boottime,
                         __ATOMIC_RELAXED);
    } else if (!page->has_clock || offset <= known) {
        return;
    }
    /* A member raises it too; what is lost here comes again. */
    __atomic_store_n(&page->to_monotonic, offset, __ATOMIC_RELAXED);
    __atomic_store_n(&page->has_clock, 1, __ATOMIC_RELEASE);
}
