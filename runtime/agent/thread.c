/* The thread's way from node to node: departure, arrival, refusal, and the
 * requests that send it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/agent/agent.h"

void thread_poll(struct popcorn_node_page *page)
{
    __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
}

static void send_refused(struct agent *agent, unsigned source, uint64_t reason,
                         const char *text)
{
    struct popcorn_message header = {.type = POPCORN_THREAD_REFUSED,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = source};

    header.arg[0] = reason;
    agent->stats.refused++;
    if (source == agent->node) {
        dsm_thread_arrives(&agent->dsm);
        agent_send_member(agent, &header, text, strlen(text));
    } else {
        agent_send_node(agent, source, &header, text, strlen(text));
    }
    agent->location = source;
    control_declined(agent, reason);
}

/* A thread that has come to this node goes to the member, when that is ready. */
void thread_arrives(struct agent *agent,
                            const struct message_view *view)
{
    struct popcorn_message header = view->header;

    header.type = POPCORN_THREAD_ARRIVE;
    if (!agent->member_ready) {
        agent->held.header = header;
        free(agent->held_payload);
        agent->held_payload = malloc(header.length);
        if (agent->held_payload == NULL) {
            failure_leave(agent, 0, "no memory for a thread's state");
            return;
        }
        memcpy(agent->held_payload, view->payload, header.length);
        agent->held.payload = agent->held_payload;
        return;
    }
    if (agent->member_error != 0) {
        const char *text = "no permission for userfaultfd on that node";
        struct popcorn_message back = {.type = POPCORN_THREAD_REFUSED,
                                       .source_node = (uint16_t)agent->node,
                                       .target_node = header.source_node};
        back.arg[0] = POPCORN_DECLINE_PERMISSION;
        agent_send_node(agent, agent->home, &back, text, strlen(text));
        return;
    }
    dsm_thread_arrives(&agent->dsm);
    agent_send_member(agent, &header, view->payload, header.length);
}

static void end_run_span(struct agent *agent)
{
    uint64_t now_ns = agent_now_ns();

    if (agent->location != AGENT_NOWHERE) {
        trace_span(agent, agent->location, TRACE_THREAD, "runs",
                   agent->run_since_ns, now_ns, NULL);
    }
    agent->depart_ns = now_ns;
}

/* Home: a thread leaves `source`; sends it on or sends it back. */
void thread_departs(struct agent *agent, unsigned source,
                   const struct message_view *view)
{
    struct popcorn_message header = view->header;
    unsigned target = header.target_node;

    header.source_node = (uint16_t)source;
    dsm_note_high_water(&agent->dsm, header.arg[2]);
    if (target >= agent->config.node_count || target == source) {
        send_refused(agent, source,
                     target == source ? POPCORN_DECLINE_SAME_NODE
                                      : POPCORN_DECLINE_NO_NODE,
                     "there is no such node");
        return;
    }
    if (!(agent->nodes_up >> target & 1)) {
        send_refused(agent, source, POPCORN_DECLINE_NODE_DIED,
                     "that node has ended");
        return;
    }
    if (dsm_grow(&agent->dsm, header.arg[2]) != 0) {
        send_refused(agent, source, POPCORN_DECLINE_NO_SPACE,
                     "home cannot register the program's memory");
        return;
    }
    end_run_span(agent);
    agent->location = AGENT_NOWHERE;
    agent->from = source;
    agent->to = target;
    agent->departs++;
    stats_sample(agent, SAMPLE_CAPTURE, header.arg[0]);
    if (agent->request_ns != 0 && header.arg[3] == 0) {
        /* By this node's clock alone: the way here is in it. */
        stats_sample(agent, SAMPLE_REQUEST,
                     agent_now_ns() - agent->request_ns - header.arg[0]);
        agent->request_ns = 0;
    }
    if (target == agent->node) {
        struct message_view copy = {header, view->payload};
        thread_arrives(agent, &copy);
    } else {
        agent_send_node(agent, target, &header, view->payload, header.length);
    }
}

void thread_leaves(struct agent *agent,
                               const struct message_view *view)
{
    unsigned target = view->header.target_node;
    int result = 0;

    __atomic_store_n(&agent->page->request_node, 0, __ATOMIC_RELAXED);
    if (agent->node != agent->home) {
        dsm_thread_leaves(&agent->dsm, target);
        agent_send_node(agent, agent->home, &view->header, view->payload,
                        view->header.length);
        return;
    }
    dsm_note_high_water(&agent->dsm, view->header.arg[2]);
    result = dsm_activate(&agent->dsm);
    if (result != 0) {
        send_refused(agent, agent->node, POPCORN_DECLINE_PERMISSION,
                     result == -ENOTCONN
                         ? "the program's memory cannot be shared: it has no "
                           "userfaultfd"
                         : "the program's memory cannot be registered with "
                           "userfaultfd");
        return;
    }
    if (target < agent->config.node_count &&
        (agent->nodes_up >> target & 1) != 0) {
        dsm_thread_leaves(&agent->dsm, target);
        dsm_run_queue(&agent->dsm);
    }
    thread_departs(agent, agent->node, view);
}

/* Home: the thread runs on `node` now. */
void thread_resumed(struct agent *agent, unsigned node,
                    const struct popcorn_message *header)
{
    const struct agent_config *config = &agent->config;
    uint64_t total_ns = header->arg[3];
    char arguments[160];

    agent->location = node;
    directory_move_done(&agent->dsm.directory);
    agent->run_since_ns = agent_now_ns();
    if (config->address[agent->from][0] != '\0' ||
        config->address[node][0] != '\0') {
        /* The members' clocks are those of two machines. */
        total_ns = agent->run_since_ns - agent->depart_ns;
    }
    agent->stats.frames += header->arg[1];
    agent->stats.bytes += header->arg[2];
    agent->stats.moves++;
    stats_sample(agent, SAMPLE_REBUILD, header->arg[0]);
    stats_sample(agent, SAMPLE_MOVE, total_ns);
    if (agent->trace.fd >= 0) {
        snprintf(arguments, sizeof arguments,
                 "\"from\":%u,\"to\":%u,\"frames\":%llu,\"bytes\":%llu",
                 agent->from, node, (unsigned long long)header->arg[1],
                 (unsigned long long)header->arg[2]);
        trace_span(agent, node, TRACE_MOVES, "move", agent->depart_ns,
                   agent->run_since_ns, arguments);
    }
    if (config->progress_every != 0 &&
        (agent->stats.moves - 1) % config->progress_every == 0) {
        agent_say(agent,
                  "move %llu: node %u (%s) -> node %u (%s), %llu frames, "
                  "%llu bytes, %llu us",
                  (unsigned long long)agent->stats.moves, agent->from,
                  config->isa[agent->from], node, config->isa[node],
                  (unsigned long long)header->arg[1],
                  (unsigned long long)header->arg[2],
                  (unsigned long long)total_ns / 1000);
    }
    control_moved(agent, node, total_ns);
    if (agent->wanted == node) {
        agent->wanted = AGENT_NOWHERE;
    }
    route_request(agent);
}

void route_request(struct agent *agent)
{
    struct popcorn_message header = {.type = POPCORN_REQUEST_MOVE,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = agent->location};

    if (agent->wanted == AGENT_NOWHERE || agent->location == AGENT_NOWHERE) {
        return;
    }
    if (agent->location == agent->node) {
        __atomic_store_n(&agent->page->request_node, agent->wanted + 1,
                         __ATOMIC_RELAXED);
        thread_poll(agent->page);
        return;
    }
    header.arg[0] = agent->wanted;
    agent_send_node(agent, agent->location, &header, NULL, 0);
}
