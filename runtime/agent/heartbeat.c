/* Silence between machines.
 *
 * A process that dies closes its connections, but a machine that hangs, a
 * stopped agent or a cable that is cut does not.  So agents of different
 * machines say something every POPCORN_LOOK_MS, and one that has said nothing for
 * more than HEARTBEAT_LOST_TICKS of ours counts as lost: 12 to 14 s.  Ticks, not
 * time: an agent that was itself stopped does not take that for its peers' silence.
 * A heartbeat also shows a message that was lost on the way, for it comes out of turn
 * (runtime/message/seal.h).  It carries the clocks, too (clock.c). */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

enum { HEARTBEAT_LOST_TICKS = 5 };
_Static_assert((HEARTBEAT_LOST_TICKS + 1) * POPCORN_LOOK_MS == 12000,
               "as on_heartbeat says");

static int is_watched(const struct agent *agent, unsigned node)
{
    return agent->peer[node].fd >= 0 && agent->peer[node].seal_out.on;
}

static void beat(struct agent *agent, unsigned node)
{
    struct popcorn_message header = {.type = POPCORN_HEARTBEAT,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = (uint16_t)node};

    agent_send_node(agent, node, &header, NULL, 0);
}

int heartbeat_open(struct agent *agent)
{
    const long ms = fault_tick_ms(&agent->fault, POPCORN_LOOK_MS);
    const struct itimerspec period = {
        .it_interval = {ms / 1000, ms % 1000 * 1000000},
        .it_value = {ms / 1000, ms % 1000 * 1000000}};

    for (unsigned node = 0; node < agent->config.node_count; node++) {
        if (is_watched(agent, node)) {
            beat(agent, node); /* before any thread */
        }
    }
    agent->heartbeat.fd =
        timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (agent->heartbeat.fd < 0 ||
        timerfd_settime(agent->heartbeat.fd, 0, &period, NULL) != 0) {
        return -errno;
    }
    return agent_watch(agent, agent->heartbeat.fd, WATCH_HEARTBEAT, 0, EPOLLIN);
}

struct node_set heartbeat_tick(struct agent *agent)
{
    struct heartbeat *heard = &agent->heartbeat;
    struct node_set lost = {{0}};
    uint64_t count;

    if (read(heard->fd, &count, sizeof count) != sizeof count) {
        return lost;
    }
    for (unsigned node = 0; node < agent->config.node_count; node++) {
        uint64_t received = agent->peer[node].bytes_received;
        if (!is_watched(agent, node)) {
            continue;
        }
        heard->silent_ticks[node] = received == heard->received[node]
                                        ? heard->silent_ticks[node] + 1
                                        : 0;
        heard->received[node] = received;
        if (heard->silent_ticks[node] > HEARTBEAT_LOST_TICKS) {
            lost = node_set_with(lost, node);
        }
        beat(agent, node);
    }
    return lost;
}
