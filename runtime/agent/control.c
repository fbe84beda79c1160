/* The control socket of a running program: `popcorn migrate`, `ps`, `nodes`.
 *
 * A line in, lines out, ended by the connection's end:
 *   status           "key value" lines
 *   nodes            "<index> <isa> <up|down> <home|-> <thread|-> <pages>
 *                    <address|local>"
 *   migrate <node>   waits; "ok <node> <isa> <us>" or "no <why>" */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

int control_open(struct agent *agent)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = agent->config.control;

    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        agent->client[i].fd = -1;
    }
    agent->control_fd = -1;
    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path) {
        return 0;
    }
    strcpy(address.sun_path, path);
    unlink(path);
    agent->control_fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (agent->control_fd < 0 ||
        bind(agent->control_fd, (struct sockaddr *)&address,
             sizeof address) != 0 ||
        chmod(path, 0600) != 0 || listen(agent->control_fd, 8) != 0) {
        return -errno;
    }
    return agent_watch(agent, agent->control_fd, WATCH_CONTROL, 0, EPOLLIN);
}

static void drop(struct client *client)
{
    if (client->fd >= 0) {
        close(client->fd);
    }
    client->fd = -1;
    client->used = 0;
    client->target = AGENT_NOWHERE;
}

static void answer(struct client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void answer(struct client *client, const char *format, ...)
{
    char text[8192];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* A reader that does not read loses its answer, not the program's time. */
    if (send(client->fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) <
        0) {
        drop(client);
    }
}

void control_accept(struct agent *agent)
{
    int fd = accept4(agent->control_fd, NULL, NULL,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);

    for (unsigned i = 0; fd >= 0 && i < AGENT_MAX_CLIENTS; i++) {
        if (agent->client[i].fd < 0) {
            agent->client[i].fd = fd;
            agent->client[i].used = 0;
            agent->client[i].target = AGENT_NOWHERE;
            if (agent_watch(agent, fd, WATCH_CLIENT, i, EPOLLIN) != 0) {
                drop(&agent->client[i]);
            }
            return;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* By index, or by ISA name: the first such node the thread is not on. */
static uint32_t find_node(const struct agent *agent, const char *name)
{
    const struct agent_config *config = &agent->config;
    uint32_t found = AGENT_NOWHERE;
    char *end;
    unsigned long index = strtoul(name, &end, 10);

    if (name[0] >= '0' && name[0] <= '9' && *end == '\0') {
        return index < config->node_count ? (uint32_t)index : AGENT_NOWHERE;
    }
    for (unsigned node = 0; node < config->node_count; node++) {
        if (strcmp(config->isa[node], name) == 0 &&
            (found == AGENT_NOWHERE || found == agent->location)) {
            found = node;
        }
    }
    return found;
}

static void migrate(struct agent *agent, struct client *client,
                    const char *name)
{
    uint32_t target = find_node(agent, name);

    if (target == AGENT_NOWHERE) {
        answer(client,
               "no there is no node '%s'; `popcorn nodes %d` lists them\n",
               name, (int)agent->config.home_pid);
        drop(client);
    } else if (!(agent->nodes_up >> target & 1)) {
        answer(client, "no node %u has ended\n", target);
        drop(client);
    } else if (agent->location == target) {
        answer(client, "no the thread is already on node %u (%s)\n", target,
               agent->config.isa[target]);
        drop(client);
    } else {
        client->target = target;
        agent->wanted = target;
        agent->request_ns = agent_now_ns();
        route_request(agent);
    }
}

static void status(struct agent *agent, struct client *client)
{
    char where[48] = "moving";

    if (agent->location != AGENT_NOWHERE) {
        snprintf(where, sizeof where, "%u (%s)", agent->location,
                 agent->config.isa[agent->location]);
    }
    answer(client, "pid %d\nprogram %s\nnode %s\nmoves %llu\n",
           (int)agent->config.home_pid, agent->config.program, where,
           (unsigned long long)agent->stats.moves);
    drop(client);
}

static void nodes(struct agent *agent, struct client *client)
{
    for (unsigned node = 0;
         node < agent->config.node_count && client->fd >= 0; node++) {
        answer(client, "%u %s %s %s %s %llu %s\n", node,
               agent->config.isa[node],
               agent->nodes_up >> node & 1 ? "up" : "down",
               node == agent->home ? "home" : "-",
               node == agent->location ? "thread" : "-",
               (unsigned long long)(node == agent->home
                                        ? 0
                                        : directory_pages_away(
                                              &agent->dsm.directory, node)),
               agent->config.address[node][0] == '\0'
                   ? "local"
                   : agent->config.address[node]);
    }
    drop(client);
}

static void command(struct agent *agent, struct client *client)
{
    if (strncmp(client->line, "migrate ", 8) == 0) {
        migrate(agent, client, client->line + 8);
    } else if (strcmp(client->line, "status") == 0) {
        status(agent, client);
    } else if (strcmp(client->line, "nodes") == 0) {
        nodes(agent, client);
    } else {
        answer(client, "no unknown command\n");
        drop(client);
    }
}

void control_read(struct agent *agent, unsigned index)
{
    struct client *client = &agent->client[index];
    ssize_t got;
    char *end;

    if (client->fd < 0) {
        return;
    }
    got = recv(client->fd, client->line + client->used,
               sizeof client->line - 1 - client->used, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0 || client->target != AGENT_NOWHERE) {
        drop(client);
        return;
    }
    client->used += (size_t)got;
    client->line[client->used] = '\0';
    end = strchr(client->line, '\n');
    if (end == NULL && client->used < sizeof client->line - 1) {
        return;
    }
    if (end != NULL) {
        *end = '\0';
    }
    command(agent, client);
}

void control_moved(struct agent *agent, uint32_t node, uint64_t total_ns)
{
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        struct client *client = &agent->client[i];
        if (client->fd >= 0 && client->target == node) {
            answer(client, "ok %u %s %llu\n", node, agent->config.isa[node],
                   (unsigned long long)total_ns / 1000);
            drop(client);
        }
    }
}

void control_declined(struct agent *agent, uint64_t reason)
{
    agent->wanted = AGENT_NOWHERE;
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        struct client *client = &agent->client[i];
        if (client->fd >= 0 && client->target != AGENT_NOWHERE) {
            answer(client, "no %s\n", decline_text(reason));
            drop(client);
        }
    }
}

void control_close(struct agent *agent)
{
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        drop(&agent->client[i]);
    }
    if (agent->control_fd >= 0) {
        close(agent->control_fd);
        unlink(agent->config.control);
    }
}
