/* The event loop: epoll over the member, its userfaultfd, the other agents and
 * the control socket.  Spins briefly before it blocks, because waking a
 * sleeping process costs more than most messages take to come; while it spins
 * it reads where the next event is expected, which spares the steps of a page
 * fault an epoll_wait each. */
#include <errno.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

enum {
    EVENT_BATCH = 32,
    SPIN_NS = 25000,
    LOOKS = 16, /* where something is expected, for one at epoll */
    SLICE_NS = 100000
};

/* What a message has led to. If this node's memory cannot be kept, that is
 * neither the member's nor a peer's fault. */
static int settle(struct agent *agent, int result)
{
    char why[160];

    do {
        if (result == 0) {
            result = dsm_run_queue(agent->dsm);
        }
    } while (failure_settle(agent) && result == 0);
    if (result == 0 || result == -EPROTO || result == -ESRCH) {
        return result; /* -ESRCH: the member has ended; its pidfd says so too */
    }
    snprintf(why, sizeof why,
             "the program's pages cannot be kept on node %u: %s", agent->node,
             strerror(-result));
    failure_leave(agent, 0, why);
    return 0;
}

static void on_seat(struct agent *agent, unsigned thread)
{
    struct connection *seat = &seat_link(agent, thread)->connection;
    struct message_view view;
    char reason[200] = "";
    int result;

    if (seat->fd < 0) {
        return;
    }
    result = connection_read(seat);
    while (seat->fd >= 0 &&
           (result = result < 0 ? result : connection_next(seat, &view)) > 0) {
        view.header.thread = (uint16_t)thread;
        fault_message(agent, FAULT_FROM_MEMBER, view.header.type, FAULT_BEFORE);
        result = settle(agent,
                        route_from_member(agent, &view, reason, sizeof reason));
        fault_message(agent, FAULT_FROM_MEMBER, view.header.type, FAULT_AFTER);
    }
    if (result == -EPROTO) {
        agent_say(agent, "node %u (%s): bad message from the program: %s",
                  agent->node, agent->config.isa[agent->node],
                  reason[0] != '\0' ? reason : seat->reason);
        agent_have_said(AGENT_SAID_MS);
    }
    if (result < 0 && seat->fd >= 0) {
        connection_close(seat);
        failure_member_ended(agent);
    }
}

/* 1: something came, if only the end. */
static int on_peer(struct agent *agent, unsigned node)
{
    struct connection *peer = &agent->peer[node];
    struct message_view view;
    char reason[200] = "";
    int result, came;

    if (peer->fd < 0) {
        return 0;
    }
    result = connection_read(peer);
    came = result != 0;
    if (came) {
        awake_before_waking(agent);
    }
    while (peer->fd >= 0 &&
           (result = result < 0 ? result : connection_next(peer, &view)) > 0) {
        fault_message(agent, FAULT_FROM_AGENT, view.header.type, FAULT_BEFORE);
        result = settle(
            agent, route_from_node(agent, node, &view, reason, sizeof reason));
        fault_message(agent, FAULT_FROM_AGENT, view.header.type, FAULT_AFTER);
    }
    if (peer->fd < 0 || result >= 0 || result == -ESRCH) {
        return came; /* -ESRCH: the own member; its pidfd says so too */
    }
    if (result == -EPROTO) {
        const char *why = reason[0] != '\0' ? reason : peer->reason;
        agent_say(agent, "connection from node %u to node %u closed: %s",
                  agent->node, node, why);
        if (agent->node != agent->home) {
            failure_leave(agent, 0, why); /* home should know why */
        } else {
            agent_lose_node(agent, node, why);
        }
    } else {
        agent_lose_node(agent, node,
                        result == -ECONNRESET ? "its agent or the connection "
                                                "ended"
                                              : strerror(-result));
    }
    return came;
}

static void on_heartbeat(struct agent *agent)
{
    struct node_set lost = heartbeat_tick(agent);

    for (unsigned node = node_set_next(lost, 0); node < POPCORN_MAX_NODES;
         node = node_set_next(lost, node + 1)) {
        agent_lose_node(agent, node, "nothing was heard of it for 12 s");
    }
    stopped_tick(agent);
}

static enum fault_point page_fault_point(const struct agent *agent)
{
    return agent->node == agent->home ? FAULT_HOME_AGENT_PAGE_FAULT
                                      : FAULT_NODE_AGENT_PAGE_FAULT;
}

/* 1: there were some. */
static int on_faults(struct agent *agent)
{
    struct dsm_faults faults;
    int result = dsm_read_faults(agent->dsm, &faults);

    if (result == 0) {
        return 0;
    }
    fault_reached(agent, page_fault_point(agent), FAULT_BEFORE);
    awake_before_waking(agent);
    if (result > 0) {
        result = dsm_on_faults(agent->dsm, &faults);
    }
    settle(agent, 0);
    fault_reached(agent, page_fault_point(agent), FAULT_AFTER);
    if (result < 0 && result != -ESRCH && !agent->member_ended) {
        agent_say(agent, "node %u: page faults cannot be served: %s",
                  agent->node, strerror(-result));
        failure_leave(agent, 0, "page faults cannot be served");
    }
    return 1;
}

/* Pages and moves come in quick succession. A fault is followed by home's
 * answer, an answer by the next fault; to home comes the next request of the
 * same node. */
static void expect_after(struct agent *agent, enum watch_kind kind,
                         unsigned index)
{
    struct lookout *lookout = &agent->lookout;

    if (kind == WATCH_PEER) {
        lookout->peer = index;
        lookout->kind = agent->node == agent->home ? WATCH_PEER : WATCH_FAULTS;
    } else if (kind == WATCH_FAULTS) {
        lookout->kind = WATCH_PEER;
    }
    lookout->lively |=
        kind == WATCH_SEAT || kind == WATCH_FAULTS || kind == WATCH_PEER;
}

/* Serves what has come where it is expected; 0: nothing. */
static int serve_expected(struct agent *agent)
{
    enum watch_kind kind = agent->lookout.kind;
    int came = kind == WATCH_FAULTS ? on_faults(agent)
               : kind == WATCH_PEER ? on_peer(agent, agent->lookout.peer)
                                    : 0;

    if (came) {
        expect_after(agent, kind, agent->lookout.peer);
        settle(agent, 0);
    }
    return came;
}

static void on_event(struct agent *agent, const struct epoll_event *event)
{
    enum watch_kind kind = (enum watch_kind)(event->data.u64 >> 32);
    unsigned index = (unsigned)event->data.u64;

    expect_after(agent, kind, index);
    switch (kind) {
    case WATCH_SEAT:
        on_seat(agent, index);
        break;
    case WATCH_FAULTS:
        on_faults(agent);
        break;
    case WATCH_PEER:
        on_peer(agent, index);
        break;
    case WATCH_MEMBER_PID:
        failure_member_ended(agent);
        break;
    case WATCH_CONTROL:
        control_accept(agent);
        break;
    case WATCH_CLIENT:
        control_read(agent, index);
        break;
    case WATCH_TIMER:
        failure_timer(agent);
        break;
    case WATCH_HEARTBEAT:
        on_heartbeat(agent);
        break;
    }
}

/* How long to look for events without sleeping. Not after requests: they do not
 * come in quick succession, and a thread that is to come to a migration point
 * may need this processor for it. */
static uint64_t spin_ns(struct agent *agent)
{
    int lively = agent->lookout.lively && !agent->polled;

    agent->lookout.lively = 0;
    agent->polled = 0;
    if (agent->config.spin_us != 0) {
        return agent->config.spin_us * 1000ull;
    }
    return lively ? SPIN_NS : 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* At most so long; UINT64_MAX: for ever. Where epoll_pwait2 is filtered (seccomp)
 * ppoll() waits as exactly, one call more. */
static int sleep_for_events(struct agent *agent, struct epoll_event *events,
                            uint64_t after_us)
{
    const struct timespec until = {(time_t)(after_us / 1000000u),
                                   (long)(after_us % 1000000u) * 1000};
    const struct timespec *limit = after_us == UINT64_MAX ? NULL : &until;
    struct pollfd any = {.fd = agent->epoll, .events = POLLIN};
    static int is_filtered;
    int count;

    if (!is_filtered) {
        count = epoll_pwait2(agent->epoll, events, EVENT_BATCH, limit, NULL);
        if (count >= 0 || errno == EINTR) {
            return count;
        }
        is_filtered = 1;
    }
    count = ppoll(&any, 1, limit, NULL);
    return count <= 0 ? count
                      : epoll_wait(agent->epoll, events, EVENT_BATCH, 0);
}

/* Waits for events, first without sleeping unless a thread needs this
 * processor; 0: what was expected has come and been served, or a held page is
 * due. An agent that was told to spin is not in the way of others. */
static int wait_events(struct agent *agent, struct epoll_event *events)
{
    uint64_t after_us = dsm_wake_after_us(agent->dsm);
    uint64_t start_ns = agent_now_ns(), limit_ns = spin_ns(agent);
    struct lookout *lookout = &agent->lookout;
    int count = 0;

    if (after_us != UINT64_MAX) { /* as late as by default, however told */
        limit_ns = earlier(limit_ns, after_us * 1000 + SPIN_NS);
    }
    do {
        if (limit_ns != 0 && lookout->looks++ < LOOKS) {
            if (serve_expected(agent)) {
                return 0;
            }
        } else {
            lookout->looks = 0;
            count = epoll_wait(agent->epoll, events, EVENT_BATCH, 0);
        }
        if (count == 0 && agent->config.spin_us != 0) {
            syscall(SYS_sched_yield);
        }
    } while (count == 0 && !awake_in_the_way(agent) &&
             agent_now_ns() - start_ns < limit_ns);
    if (count == 0) {
        awake_end(agent);
        count = sleep_for_events(agent, events, after_us);
    }
    return count;
}

/* An agent runs for microseconds and then waits. A short slice lets it run at
 * once when it is woken on the processor of a computing program, not at the end
 * of that one's slice (Linux 6.12; older ones ignore it). */
static void ask_for_short_slices(void)
{
    struct sched_attr attributes = {.size = sizeof attributes};

    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0 &&
        attributes.sched_policy == SCHED_NORMAL) {
        attributes.sched_runtime = SLICE_NS;
        syscall(SYS_sched_setattr, 0, &attributes, 0);
    }
}

int agent_turn(struct agent *agent)
{
    struct epoll_event events[EVENT_BATCH];
    int count = wait_events(agent, events);

    if (count < 0 && errno != EINTR) {
        return -errno;
    }
    awake_begin(agent);
    if (dsm_wake_after_us(agent->dsm) == 0) {
        dsm_wake(agent->dsm);
        settle(agent, 0);
    }
    for (int i = 0; i < count && !agent->quit; i++) {
        on_event(agent, &events[i]);
        settle(agent, 0);
    }
    agent_flush(agent);
    return 0;
}

int agent_loop(struct agent *agent)
{
    ask_for_short_slices();
    agent_flush(agent);
    while (!agent->quit) {
        int result = agent_turn(agent);

        if (result != 0) {
            agent_say(agent, "epoll_wait: %s", strerror(-result));
            return POPCORN_EXIT_FAILURE;
        }
    }
    return agent->status;
}
