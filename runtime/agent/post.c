/* What an agent sends, to its member's seats and to other agents, and where it
 * waits for what they send.
 *
 * A node that is lost here, or a reason to leave found by who only sends, is
 * noted; failure_settle() makes of it what follows, when the message or event at
 * hand has been served.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "runtime/agent/agent.h"

uint64_t agent_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t tag(enum watch_kind kind, unsigned index)
{
    return (uint64_t)kind << 32 | index;
}

int agent_watch(struct agent *agent, int fd, enum watch_kind kind,
                unsigned index, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = tag(kind, index)};

    if (epoll_ctl(agent->epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
        return 0;
    }
    return -errno;
}

static void watch_output(struct agent *agent, struct connection *connection,
                         enum watch_kind kind, unsigned index, int wanted)
{
    struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0),
                                .data.u64 = tag(kind, index)};

    epoll_ctl(agent->epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

struct seat_link *seat_link(struct agent *agent, unsigned thread)
{
    struct seat_link *link;

    if (thread == POPCORN_DESK) {
        return &agent->desk;
    }
    link = agent->link[thread];
    if (link == NULL) {
        link = calloc(1, sizeof *link);
        if (link == NULL) {
            fputs("popcorn-agent: no memory for a thread\n", stderr);
            exit(POPCORN_EXIT_FAILURE);
        }
        link->connection.fd = link->connection.descriptor =
            link->connection.later_descriptor = -1;
        agent->link[thread] = link;
        if (thread >= agent->thread_limit) {
            agent->thread_limit = thread + 1;
        }
    }
    return link;
}

void agent_lose_node(struct agent *agent, unsigned node, const char *why)
{
    connection_close(&agent->peer[node]);
    if (!node_set_has(agent->to_lose, node)) {
        agent->to_lose = node_set_with(agent->to_lose, node);
        snprintf(agent->why_lost[node], sizeof agent->why_lost[node], "%s",
                 why);
    }
}

void agent_must_leave(struct agent *agent, const char *why)
{
    if (agent->why_leave == NULL) {
        agent->why_leave = why;
    }
}

void agent_send_node(struct agent *agent, unsigned node,
                     const struct popcorn_message *header, const void *payload,
                     size_t payload_bytes)
{
    struct popcorn_message stamped = *header;

    if (node >= POPCORN_MAX_NODES || agent->peer[node].fd < 0) {
        return;
    }
    clock_stamp(agent, node, &stamped);
    if (connection_queue(&agent->peer[node], &stamped, payload,
                         payload_bytes) != 0) {
        agent_lose_node(agent, node, "no memory for a message");
    }
}

void agent_send_member(struct agent *agent,
                       const struct popcorn_message *header,
                       const void *payload, size_t payload_bytes)
{
    struct seat_link *link = seat_link(agent, header->thread);

    if (link->connection.fd >= 0) {
        connection_queue(&link->connection, header, payload, payload_bytes);
    }
}

static void flush_seat(struct agent *agent, struct seat_link *link,
                       unsigned thread)
{
    struct connection *seat = &link->connection;

    if (seat->fd >= 0 && seat->out_start != seat->out_end) {
        int blocked;

        awake_before_waking(agent);
        blocked = connection_flush(seat) == -EAGAIN;
        if (blocked != link->writable_watch) {
            watch_output(agent, seat, WATCH_SEAT, thread, blocked);
            link->writable_watch = blocked;
        }
    }
}

/* A connection that has failed ends when what came before is read: the other
 * end may have said why. */
static void flush_peer(struct agent *agent, unsigned node)
{
    struct connection *peer = &agent->peer[node];
    int watched = node_set_has(agent->writable_watch, node);
    int result, blocked;

    if (peer->fd < 0 || (peer->out_start == peer->out_end && !watched)) {
        return;
    }
    result = connection_flush(peer);
    blocked = result == -EAGAIN;
    if (result != 0 && !blocked) {
        peer->out_start = peer->out_end = 0;
        shutdown(peer->fd, SHUT_RDWR);
    }
    if (blocked != watched) {
        watch_output(agent, peer, WATCH_PEER, node, blocked);
        agent->writable_watch =
            blocked ? node_set_with(agent->writable_watch, node)
                    : node_set_without(agent->writable_watch, node);
    }
}

/* Sends what the last events have queued. */
void agent_flush(struct agent *agent)
{
    for (unsigned node = 0; node < agent->config.node_count; node++) {
        flush_peer(agent, node);
    }
    for (unsigned thread = 0; thread < agent->thread_limit; thread++) {
        if (agent->link[thread] != NULL) {
            flush_seat(agent, agent->link[thread], thread);
        }
    }
    flush_seat(agent, &agent->desk, POPCORN_DESK);
}

uint16_t desk_answer(uint16_t type)
{
    return type == POPCORN_ARENA_GROWN     ? POPCORN_ARENA_GROWN_ACK
           : type == POPCORN_RANGE_PROTECT ? POPCORN_RANGE_PROTECT_ACK
           : type == POPCORN_CPU_TIME      ? POPCORN_CPU_TIME_ACK
                                           : 0;
}
