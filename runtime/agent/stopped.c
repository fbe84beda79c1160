/* Processes that are stopped (docs/dsm.md, "A process that is stopped").
 *
 * Home's agent decides for all of them, for it knows whether the home member is
 * stopped: as long as it is, nothing is counted.  Who is stopped for too long is
 * made to look lost: an agent of this machine is killed, a member's node is
 * given up, and what follows is what follows the loss of a node. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

static char state_in(const char *path)
{
    char text[512];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text);

    if (fd >= 0) {
        close(fd);
    }
    return got <= 0 ? '\0' : stopped_state(text, (uint64_t)got);
}

/* A signal stops all threads of a process, but its first may have ended. */
static int is_stopped(pid_t pid)
{
    char path[64];
    struct dirent *entry;
    char state = 'Z';
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (pid <= 0 || (state = state_in(path)) != 'Z') {
        return state == 'T';
    }
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    tasks = opendir(path);
    while (tasks != NULL && state == 'Z' && (entry = readdir(tasks)) != NULL) {
        snprintf(path, sizeof path, "/proc/%d/task/%.12s/stat", (int)pid,
                 entry->d_name);
        state = entry->d_name[0] == '.' ? 'Z' : state_in(path);
    }
    if (tasks != NULL) {
        closedir(tasks);
    }
    return state == 'T';
}

/* A thread that cannot go on before the home member does. */
static int home_is_waited_for(const struct agent *agent)
{
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        const struct agent_thread *t = &agent->thread[i];

        if (t->lives && (t->calls || (t->location == AGENT_NOWHERE &&
                                      t->to == agent->home))) {
            return 1;
        }
    }
    return 0;
}

static void look_at_home(struct agent *agent, int stopped)
{
    struct stopped *home = &agent->stopped[agent->home];

    stopped_look(&home->member_looks, stopped);
    if (!stopped) {
        home->is_said = 0;
    } else if (home->member_looks >= POPCORN_STOPPED_SAY && !home->is_said &&
               home_is_waited_for(agent)) {
        home->is_said = 1;
        agent_say(agent,
                  "the program (process %d) is stopped, and a thread of it on "
                  "another node waits until it is continued",
                  (int)agent->member_pid);
    }
}

static void say_stopped(struct agent *agent, unsigned node, const char *what,
                        pid_t pid)
{
    const char *address = agent->config.address[node];

    agent_say(agent,
              "node %u (%s): %s (process %d%s%s) is stopped and holds up the "
              "program; after %d s the node counts as lost",
              node, agent->config.isa[node], what, (int)pid,
              address[0] != '\0' ? " at " : "", address,
              POPCORN_LOOK_MS / 1000 * POPCORN_STOPPED_LIMIT);
}

static void look_at_node(struct agent *agent, unsigned node)
{
    static const char *const what[] = {"its agent", "its part of the program"};
    struct stopped *known = &agent->stopped[node];
    const pid_t pid[] = {known->agent, known->member};
    const enum stopped_verdict verdict[] = {
        stopped_look(&known->agent_looks, is_stopped(known->agent)),
        stopped_look(&known->member_looks, known->member != 0)};

    for (int i = 0; i < 2; i++) {
        char why[96];

        if (verdict[i] == STOPPED_SAY) {
            say_stopped(agent, node, what[i], pid[i]);
        } else if (verdict[i] == STOPPED_TOO_LONG) {
            snprintf(why, sizeof why, "%s, process %d, was stopped too long",
                     what[i], (int)pid[i]);
            if (i == 0) { /* it is there: its connection has not ended */
                kill(known->agent, SIGKILL);
            }
            agent_lose_node(agent, node, why);
            return;
        }
    }
}

/* Another node: tells home when its member is stopped, and when it goes on. */
static void look_at_member(struct agent *agent)
{
    struct popcorn_message header = {.type = POPCORN_MEMBER_STOPPED,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = (uint16_t)agent->home};
    struct stopped *own = &agent->stopped[agent->node];
    pid_t stopped = is_stopped(agent->member_pid) ? agent->member_pid : 0;

    if (stopped != own->member) {
        own->member = stopped;
        header.stopped.pid = (uint64_t)stopped;
        agent_send_node(agent, agent->home, &header, NULL, 0);
    }
}

void stopped_tick(struct agent *agent)
{
    int home_stopped;

    if (agent->node != agent->home) {
        look_at_member(agent);
        return;
    }
    __atomic_add_fetch(&agent->page->agent_beats, 1, __ATOMIC_RELAXED);
    home_stopped = is_stopped(agent->member_pid);
    look_at_home(agent, home_stopped);
    for (unsigned node = 0;
         node < agent->config.node_count && !home_stopped && !agent->dying;
         node++) {
        if (node != agent->home && node_set_has(agent->nodes_up, node) &&
            !node_set_has(agent->to_lose, node)) {
            look_at_node(agent, node);
        }
    }
}

void stopped_member(struct agent *agent, unsigned node,
                    const struct popcorn_message *header)
{
    agent->stopped[node].member = (pid_t)header->stopped.pid;
}

void stopped_hello(struct agent *agent, unsigned node,
                   const struct popcorn_message *header)
{
    if (!agent->peer[node].seal_out.on) { /* of this machine */
        agent->stopped[node].agent = (pid_t)header->hello.pid;
    }
}

void stopped_continue(struct agent *agent)
{
    for (unsigned node = 0; node < agent->config.node_count; node++) {
        if (agent->peer[node].fd >= 0 &&
            is_stopped(agent->stopped[node].agent)) {
            kill(agent->stopped[node].agent, SIGCONT);
        }
    }
}
