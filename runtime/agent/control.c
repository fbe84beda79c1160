/* The control socket of a running program: `popcorn migrate`, `ps`, `nodes`.
 *
 * A line in, lines out, ended by the connection's end:
 *   status           "key value" lines
 *                    and "thread <id> <moves> <node> (<isa>)" lines
 *   nodes            "<index> <isa> <up|down> <home|-> <thread|-> <pages>
 *                    <address|local>"
 *   migrate <node> [<thread id>]   every thread without an id; waits;
 *                    "ok <node> <isa> <us> <threads moved> <threads in a
 *                    system call, which move later>" or "no <why>" */
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
#include "runtime/message/printable.h"

static int listen_for_clients(struct agent *agent)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = agent->config.control;

    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path) {
        return 0;
    }
    strcpy(address.sun_path, path);
    unlink(path);
    agent->control_fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (agent->control_fd < 0 ||
        bind(agent->control_fd, (struct sockaddr *)&address, sizeof address) !=
            0 ||
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
    int fd =
        accept4(agent->control_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

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

static int is_there(const struct agent *agent, unsigned node)
{
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        if (agent->thread[i].lives && agent->thread[i].location == node) {
            return 1;
        }
    }
    return 0;
}

/* By index, or by ISA name: the first such node no thread is on. */
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
            (found == AGENT_NOWHERE || is_there(agent, found))) {
            found = node;
        }
    }
    return found;
}

/* In the kernel, at home or for a call it has delegated: it moves when it is
 * back, which nobody should wait for. */
static int is_in_a_call(const struct agent *agent, unsigned thread)
{
    const struct agent_thread *t = &agent->thread[thread];

    return t->location == agent->home ? agent->page->thread[thread].blocked != 0
                                      : t->calls;
}

/* Answers when no thread is left to wait for. With several, those that are in
 * a system call are left out once another has moved. */
static void settle(struct agent *agent, struct client *client)
{
    unsigned waits = 0, in_calls = 0;

    for (unsigned i = 0; i < agent->thread_limit; i++) {
        waits += client->waits[i];
        in_calls += client->waits[i] && is_in_a_call(agent, i);
    }
    if (waits != 0 && (client->moved == 0 || waits != in_calls)) {
        return;
    }
    if (client->moved != 0) {
        answer(client, "ok %u %s %llu %u %u\n", client->target,
               agent->config.isa[client->target],
               (unsigned long long)client->total_ns / 1000, client->moved,
               waits);
    } else {
        answer(client, "no %s\n", decline_text(client->reason));
    }
    drop(client);
}

/* "NODE" (every thread) or "NODE TID". */
static void migrate(struct agent *agent, struct client *client, char *name)
{
    char *id_text = strchr(name, ' ');
    long id = 0;
    uint32_t target;
    unsigned asked = 0, there = 0;

    if (id_text != NULL) {
        *id_text = '\0';
        id = strtol(id_text + 1, NULL, 10);
    }
    target = find_node(agent, name);
    if (target == AGENT_NOWHERE) {
        answer(client,
               "no there is no node '%s'; `popcorn nodes %d` lists them\n",
               name, (int)agent->config.home_pid);
        drop(client);
        return;
    }
    if (!node_set_has(agent->nodes_up, target)) {
        answer(client, "no node %u has ended\n", target);
        drop(client);
        return;
    }
    client->moved = 0;
    client->total_ns = client->reason = 0;
    memset(client->waits, 0, sizeof client->waits);
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        struct agent_thread *t = &agent->thread[i];
        if (!t->lives || (id != 0 && t->id != id)) {
            continue;
        }
        if (t->location == target) {
            t->wanted = AGENT_NOWHERE;
            there++;
            continue;
        }
        client->waits[i] = 1;
        t->wanted = target;
        t->request_ns = agent_now_ns();
        asked++;
    }
    if (asked == 0) {
        answer(client,
               there != 0 ? "no the thread is already on node %u (%s)\n"
                          : "no there is no such thread; node %u (%s)\n",
               target, agent->config.isa[target]);
        drop(client);
        return;
    }
    client->target = target;
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        if (client->fd >= 0 && client->waits[i]) {
            thread_request(agent, i);
        }
    }
}

static void where(const struct agent *agent, const struct agent_thread *t,
                  char text[48])
{
    if (t->location == AGENT_NOWHERE) {
        strcpy(text, "moving");
    } else {
        snprintf(text, 48, "%u (%s)", t->location,
                 agent->config.isa[t->location]);
    }
}

static void status(struct agent *agent, struct client *client)
{
    char text[48] = "moving", program[512];
    unsigned count = 0;

    for (unsigned i = agent->thread_limit; i-- > 0;) {
        if (agent->thread[i].lives) {
            where(agent, &agent->thread[i], text);
            count++;
        }
    }
    text_printable(program, sizeof program, agent->config.program,
                   sizeof agent->config.program);
    answer(client, "pid %d\nprogram %s\nnode %s\nmoves %llu\nthreads %u\n",
           (int)agent->config.home_pid, program, text,
           (unsigned long long)agent->stats.moves, count);
    for (unsigned i = 0; i < agent->thread_limit && client->fd >= 0; i++) {
        const struct agent_thread *t = &agent->thread[i];
        if (t->lives) {
            where(agent, t, text);
            answer(client, "thread %ld %llu %s\n", t->id,
                   (unsigned long long)t->moves, text);
        }
    }
    drop(client);
}

static void nodes(struct agent *agent, struct client *client)
{
    for (unsigned node = 0; node < agent->config.node_count && client->fd >= 0;
         node++) {
        answer(client, "%u %s %s %s %s %llu %s\n", node,
               agent->config.isa[node],
               node_set_has(agent->nodes_up, node) ? "up" : "down",
               node == agent->home ? "home" : "-",
               is_there(agent, node) ? "thread" : "-",
               (unsigned long long)(node == agent->home
                                        ? 0
                                        : dsm_pages_away(agent->dsm, node)),
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

static void has_moved(struct agent *agent, unsigned thread, uint32_t node,
                      uint64_t total_ns)
{
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        struct client *client = &agent->client[i];
        if (client->fd >= 0 && client->target == node &&
            client->waits[thread]) {
            client->waits[thread] = 0;
            client->moved++;
            if (total_ns > client->total_ns) {
                client->total_ns = total_ns;
            }
        }
        if (client->fd >= 0 && client->target != AGENT_NOWHERE) {
            settle(agent, client);
        }
    }
}

static void was_declined(struct agent *agent, unsigned thread, uint64_t reason)
{
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        struct client *client = &agent->client[i];
        if (client->fd >= 0 && client->target != AGENT_NOWHERE &&
            client->waits[thread]) {
            client->waits[thread] = 0;
            client->reason = reason;
            settle(agent, client);
        }
    }
}

void control_open(struct agent *agent)
{
    int result = listen_for_clients(agent);

    if (result != 0) {
        agent_say(agent,
                  "no control socket %s: %s; `popcorn migrate` will not find "
                  "this program",
                  agent->config.control, strerror(-result));
    }
    agent->on_move.moved = has_moved;
    agent->on_move.declined = was_declined;
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
