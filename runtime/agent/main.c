/* popcorn-agent --config FD: started by `popcorn run`, one per node. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

enum { LAST_SAID_MS = 2000 };

static int open_peers(struct agent *agent)
{
    struct popcorn_message hello = {.type = POPCORN_HELLO,
                                    .source_node = (uint16_t)agent->node};
    uint8_t hashes[64];

    memcpy(hashes, agent->config.program_id, 32);
    memcpy(hashes + 32, agent->config.layout_hash, 32);
    hello.hello.protocol_version = POPCORN_PROTOCOL_VERSION;
    hello.hello.node = agent->node;
    hello.hello.pid = (uint64_t)getpid();
    for (unsigned node = 0; node < agent->config.node_count; node++) {
        int fd = agent->config.peer_fd[node];
        int result;
        agent->peer[node].fd = -1;
        agent->peer[node].descriptor = -1;
        if (fd < 0) {
            continue;
        }
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        result = connection_open(&agent->peer[node], fd);
        if ((agent->config.seal_out[node] | agent->config.seal_in[node]) != 0) {
            connection_seal(&agent->peer[node], agent->config.seal_out[node],
                            agent->config.seal_in[node]);
        }
        if (result == 0) {
            result = agent_watch(agent, fd, WATCH_PEER, node, EPOLLIN);
        }
        if (result != 0) {
            return result;
        }
        hello.target_node = node;
        agent_send_node(agent, node, &hello, hashes, sizeof hashes);
        agent->nodes_up = node_set_with(agent->nodes_up, node);
    }
    agent->nodes_up = node_set_with(agent->nodes_up, agent->node);
    return 0;
}

static void keep_from_members(const struct agent_config *config)
{
    const int fds[] = {config->member_fd,    config->memory_fd,
                       config->node_page_fd, config->image_fd,
                       config->trace_fd,     config->stats_fd,
                       config->guard_fd};

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0) {
            fcntl(fds[i], F_SETFD, FD_CLOEXEC);
        }
    }
}

static int start_member(struct agent *agent)
{
    int result =
        agent->node == agent->home ? member_adopt(agent) : member_start(agent);
    struct dsm_ports ports = route_dsm_ports(agent);

    if (result != 0) {
        return result;
    }
    return dsm_open(&agent->dsm, agent->node, agent->home,
                    agent->config.node_count, agent->config.memory_fd, &ports);
}

static int open_home(struct agent *agent)
{
    int result;

    agent->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (agent->timer_fd < 0) {
        return -errno;
    }
    result = agent_watch(agent, agent->timer_fd, WATCH_TIMER, 0, EPOLLIN);
    return result == 0 ? trace_open(agent) : result;
}

static enum fault_point start_point(const struct agent *agent)
{
    return agent->node == agent->home ? FAULT_HOME_AGENT_START
                                      : FAULT_NODE_AGENT_START;
}

static int start(struct agent *agent, const char **what)
{
    int result;

    agent->node = agent->config.node;
    agent->home = agent->config.home;
    agent->desk.connection.fd = agent->desk.connection.descriptor = -1;
    agent->desk.connection.later_descriptor = -1;
    agent->desks_answered.thread = POPCORN_DESK; /* nobody */
    agent->member_pidfd = agent->timer_fd = agent->trace.fd = -1;
    agent->control_fd = -1;
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        agent->client[i].fd = -1;
    }
    fault_reached(agent, start_point(agent), FAULT_BEFORE);
    keep_from_members(&agent->config);
    *what = "epoll";
    agent->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (agent->epoll < 0) {
        return -errno;
    }
    *what = "the connections to the other nodes";
    result = open_peers(agent);
    if (result == 0) {
        result = heartbeat_open(agent);
    }
    if (result == 0) {
        *what = "the program";
        result = start_member(agent);
    }
    if (result == 0 && agent->node == agent->home) {
        *what = "the trace";
        result = open_home(agent);
    }
    fault_reached(agent, start_point(agent), FAULT_AFTER);
    return result;
}

/* A stream for each thread, and the same in a remote member. The home member's
 * limit is the program's own. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    static struct agent agent;
    const char *what = "";
    char bad[64] = "";
    int result;

    if (argc == 2 && strcmp(argv[1], "--fault-points") == 0) {
        fault_list(stdout);
        return 0;
    }
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        fprintf(stderr, "popcorn-agent: started by `popcorn run`, not by "
                        "hand\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    result = config_read(atoi(argv[2]), &agent.config, bad);
    if (result != 0) {
        agent_say(&agent,
                  "bad configuration (%s): popcorn and popcorn-agent are of "
                  "different builds",
                  bad);
        agent_have_said(LAST_SAID_MS);
        return POPCORN_EXIT_FAILURE;
    }
    close(atoi(argv[2]));
    if (fault_parse(agent.config.fault, &agent.fault, bad) != 0) {
        agent_say(&agent, "POPCORN_FAULT has no such fault: %s", bad);
        agent_have_said(LAST_SAID_MS);
        return POPCORN_EXIT_FAILURE;
    }
    result = start(&agent, &what);
    if (result == -ESRCH && agent.node == agent.home) {
        return 0; /* the program has ended already */
    }
    if (result != 0) {
        agent_say(&agent, "node %u: cannot set up %s: %s", agent.node, what,
                  strerror(-result));
        member_stop(&agent);
        agent_have_said(LAST_SAID_MS);
        return POPCORN_EXIT_FAILURE;
    }
    result = agent_loop(&agent);
    member_stop(&agent);
    control_close(&agent);
    agent_have_said(LAST_SAID_MS);
    return result;
}
