/* Ends: of the program, of a member, of a node.
 *
 * A node that dies costs the program what only that node had: the thread, or
 * pages.  If it had neither, the program goes on without it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

/* Long enough for any member that runs at all, on a machine with much to do. */
enum { GRACE_MS = 5000 };

void failure_finish(struct agent *agent)
{
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        struct agent_thread *t = &agent->thread[i];
        if (t->lives && t->location != AGENT_NOWHERE) {
            trace_span(agent, t->location, trace_thread_track(i), "runs",
                       t->run_since_ns, agent_now_ns(), NULL);
            t->location = AGENT_NOWHERE;
        }
    }
    trace_close(agent);
    if (agent->config.stats) {
        stats_print(agent);
        agent->config.stats = 0;
    }
}

static void shut_down_nodes(struct agent *agent)
{
    struct popcorn_message header = {.type = POPCORN_SHUTDOWN,
                                     .source_node = (uint16_t)agent->node};

    for (unsigned node = 0; node < agent->config.node_count; node++) {
        if (node != agent->node) {
            header.target_node = node;
            agent_send_node(agent, node, &header, NULL, 0);
        }
    }
    agent_flush(agent);
    stopped_continue(agent);
}

/* Tells the home member's guard to end the program; if it has none, its desk, or
 * before the first departure, when there is none either, the first thread. It is
 * killed if it does not obey in time. */
void failure_die(struct agent *agent, int wait_status, const char *text)
{
    struct popcorn_message header = {.type = POPCORN_DIE,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = agent->node};
    struct itimerspec grace = {
        .it_value = {GRACE_MS / 1000, GRACE_MS % 1000 * 1000000}};

    if (agent->dying || agent->exiting) {
        return;
    }
    agent->dying = 1;
    if (text != NULL) {
        agent_say(agent, "%s", text);
    }
    header.end.status = (uint64_t)wait_status;
    failure_finish(agent);
    agent_have_said(AGENT_SAID_MS);
    fault_reached(agent, FAULT_HOME_AGENT_DIE, FAULT_BEFORE);
    header.thread = agent->desk.connection.fd >= 0 ? POPCORN_DESK : 0;
    if (write(agent->config.guard_fd, &wait_status, sizeof wait_status) !=
        sizeof wait_status) {
        agent_send_member(agent, &header, NULL, 0);
    }
    fault_reached(agent, FAULT_HOME_AGENT_DIE, FAULT_AFTER);
    timerfd_settime(agent->timer_fd, 0, &grace, NULL);
}

void failure_timer(struct agent *agent)
{
    agent_say(agent, "the program did not end in time and is killed");
    member_kill(agent);
    agent->quit = 1;
}

/* A signal that a program's own mistake raises, not one sent to end it. */
static int is_own_crash(int wait_status)
{
    int signal_number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;

    return signal_number == SIGSEGV || signal_number == SIGBUS ||
           signal_number == SIGFPE || signal_number == SIGILL ||
           signal_number == SIGABRT || signal_number == SIGTRAP ||
           signal_number == SIGSYS;
}

void failure_node_down(struct agent *agent, unsigned node, int wait_status,
                       const char *why)
{
    const char *isa = agent->config.isa[node];
    int thread_there = 0;
    uint64_t lost;
    char text[512];

    if (!node_set_has(agent->nodes_up, node)) {
        return;
    }
    agent->nodes_up = node_set_without(agent->nodes_up, node);
    __atomic_store_n(&agent->page->lost[node], 1, __ATOMIC_RELAXED);
    connection_close(&agent->peer[node]);
    if (agent->dying || agent->exiting || agent->member_ended) {
        return;
    }
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        const struct agent_thread *t = &agent->thread[i];
        /* A move back to a node that is gone has nowhere to go either. */
        thread_there |=
            t->lives && (t->location == node ||
                         (t->location == AGENT_NOWHERE && t->to == node &&
                          !node_set_has(agent->nodes_up, t->from)));
    }
    if (thread_there && is_own_crash(wait_status)) {
        failure_die(agent, wait_status & 127, NULL);
        return;
    }
    lost = dsm_node_down(agent->dsm, node);
    if (thread_there || lost != 0) {
        snprintf(text, sizeof text,
                 "node %u (%s) ended (%s) and took with it %s%s; the program "
                 "cannot go on. Start it again; to lose less, bring it home "
                 "before a node goes down",
                 node, isa, why, thread_there ? "the program's thread" : "",
                 thread_there ? "" : "the only copy of some of its memory");
        failure_die(agent, POPCORN_EXIT_LOST_NODE << 8, text);
        return;
    }
    agent_say(agent, "node %u (%s) ended (%s); the program goes on without it",
              node, isa, why);
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        const struct agent_thread *t = &agent->thread[i];
        if (t->lives && t->location == AGENT_NOWHERE && t->to == node) {
            thread_refuse(agent, i, t->from, POPCORN_DECLINE_NODE_DIED,
                          "the node ended during the move");
        }
    }
    desk_has_answered(agent, node, NULL);
}

void failure_member_ended(struct agent *agent)
{
    int status;

    if (agent->member_ended) {
        return;
    }
    if (agent->node != agent->home) {
        char why[96];
        status = member_stop(agent);
        snprintf(why, sizeof why,
                 WIFSIGNALED(status) ? "its program was killed by signal %d"
                                     : "its program ended with status %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        failure_leave(agent, status, why);
        return;
    }
    agent->member_ended = 1;
    failure_finish(agent);
    shut_down_nodes(agent);
    agent->quit = 1;
}

void failure_leave(struct agent *agent, int wait_status, const char *why)
{
    struct popcorn_message header = {.type = POPCORN_SHUTDOWN,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = agent->home};

    if (agent->node == agent->home) {
        failure_die(agent, POPCORN_EXIT_LOST_NODE << 8, why);
        return;
    }
    if (agent->quit) {
        return;
    }
    header.end.status = (uint64_t)wait_status;
    agent_send_node(agent, agent->home, &header, why, strlen(why));
    agent_flush(agent);
    agent->quit = 1;
}

int failure_settle(struct agent *agent)
{
    const char *why = agent->why_leave;
    unsigned node = node_set_next(agent->to_lose, 0);
    int any = why != NULL || node < POPCORN_MAX_NODES;

    agent->why_leave = NULL;
    if (why != NULL) {
        failure_leave(agent, 0, why);
    }
    for (; node < POPCORN_MAX_NODES; node = node_set_next(agent->to_lose, 0)) {
        agent->to_lose = node_set_without(agent->to_lose, node);
        if (agent->node == agent->home) {
            failure_node_down(agent, node, 0, agent->why_lost[node]);
        } else {
            agent->quit = 1; /* without home there is no program */
        }
    }
    return any;
}
