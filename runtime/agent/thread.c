/* Threads, seen from home's agent (and what any node's does for one that comes or
 * is asked to go): birth, end, the way from node to node (departure, arrival,
 * refusal), and the requests that send them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/agent/agent.h"

void thread_poll(struct agent *agent)
{
    __atomic_store_n(&agent->page->poll_word, 1, __ATOMIC_RELEASE);
    agent->polled = 1;
}

struct agent_thread *thread_of(struct agent *agent,
                               const struct popcorn_message *header)
{
    struct agent_thread *t = header->thread < POPCORN_MAX_THREADS
                                 ? &agent->thread[header->thread]
                                 : NULL;

    return t != NULL && t->lives ? t : NULL;
}

static uint32_t place_of(const struct agent *agent, unsigned ordinal)
{
    unsigned count = agent->config.place_count;
    uint32_t node =
        count == 0 ? agent->home : agent->config.place[ordinal % count];

    return node == agent->home ? AGENT_NOWHERE : node;
}

void thread_starts(struct agent *agent, unsigned thread, long id,
                   uint64_t control_bytes)
{
    struct agent_thread *t = &agent->thread[thread];
    struct popcorn_message header = {.type = POPCORN_THREAD_OPEN,
                                     .source_node = (uint16_t)agent->node,
                                     .thread = (uint16_t)thread};

    memset(t, 0, sizeof *t);
    t->lives = 1;
    t->id = id;
    t->location = agent->home;
    t->run_since_ns = agent_now_ns();
    t->wanted = place_of(agent, agent->threads_made++);
    trace_name_thread(agent, thread);
    header.open.thread = thread;
    header.open.control_bytes = control_bytes;
    header.open.kernel_id = (uint64_t)id;
    for (unsigned node = 0; thread != 0 && node < agent->config.node_count;
         node++) {
        header.target_node = (uint16_t)node;
        if (node != agent->node) {
            agent_send_node(agent, node, &header, NULL, 0);
        }
    }
    dsm_thread_arrives(agent->dsm, thread);
    thread_request(agent, thread);
}

void thread_declined(struct agent *agent, unsigned thread, uint64_t reason)
{
    agent->thread[thread].wanted = AGENT_NOWHERE;
    if (agent->on_move.declined != NULL) {
        agent->on_move.declined(agent, thread, reason);
    }
}

void thread_ends(struct agent *agent, unsigned thread)
{
    struct agent_thread *t = &agent->thread[thread];
    struct popcorn_message header = {.type = POPCORN_THREAD_END,
                                     .source_node = (uint16_t)agent->node,
                                     .thread = (uint16_t)thread};

    for (unsigned node = 0; node < agent->config.node_count; node++) {
        header.target_node = (uint16_t)node;
        if (node != agent->node) {
            agent_send_node(agent, node, &header, NULL, 0);
        }
    }
    if (t->location != AGENT_NOWHERE) {
        trace_span(agent, t->location, trace_thread_track(thread), "runs",
                   t->run_since_ns, agent_now_ns(), NULL);
    }
    t->lives = 0;
    thread_declined(agent, thread, POPCORN_DECLINE_NONE);
    header.type = POPCORN_THREAD_END_ACK;
    header.target_node = (uint16_t)agent->node;
    agent_send_member(agent, &header, NULL, 0);
    if (thread != 0) {
        seat_close(agent, thread);
    }
}

void thread_refused(struct agent *agent, const struct message_view *view)
{
    const struct popcorn_message *header = &view->header;
    struct agent_thread *t = thread_of(agent, header);
    unsigned node = header->target_node, thread = header->thread;

    if (t == NULL) {
        return; /* it has ended */
    }
    dsm_move_ends(agent->dsm, thread);
    agent->stats.refused++;
    if (t->location == AGENT_NOWHERE) {
        t->run_since_ns = agent_now_ns();
    }
    t->location = node;
    if (!node_set_has(agent->nodes_up, node)) {
        agent_must_leave(agent, "a move was refused, and the node the thread "
                                "came from has ended meanwhile: the thread is "
                                "lost");
        return;
    }
    if (node == agent->node) {
        seat_hand_over(agent, view);
    } else {
        agent_send_node(agent, node, header, view->payload, header->length);
    }
    thread_declined(agent, thread, header->refused.reason);
}

void thread_refuse(struct agent *agent, unsigned thread, unsigned node,
                   enum popcorn_decline reason, const char *text)
{
    struct message_view view = seat_refusal(agent, thread, node, reason, text);

    thread_refused(agent, &view);
}

/* A thread that has come to this node goes to the member, when that is ready. */
void thread_arrives(struct agent *agent, const struct message_view *view)
{
    struct message_view arrival = *view;

    arrival.header.type = POPCORN_THREAD_ARRIVE;
    seat_deliver(agent, &arrival);
}

static void end_run_span(struct agent *agent, unsigned thread)
{
    struct agent_thread *t = &agent->thread[thread];
    uint64_t now_ns = agent_now_ns();

    if (t->location != AGENT_NOWHERE) {
        trace_span(agent, t->location, trace_thread_track(thread), "runs",
                   t->run_since_ns, now_ns, NULL);
    }
    t->depart_ns = now_ns;
}

void thread_departs(struct agent *agent, unsigned source,
                    const struct message_view *view)
{
    struct popcorn_message header = view->header;
    struct agent_thread *t = thread_of(agent, &header);
    unsigned target = header.target_node, thread = header.thread;

    if (t == NULL) {
        return; /* it has ended */
    }
    header.source_node = (uint16_t)source;
    dsm_note_high_water(agent->dsm, header.move.high_water);
    if (target >= agent->config.node_count || target == source) {
        thread_refuse(agent, thread, source,
                      target == source ? POPCORN_DECLINE_SAME_NODE
                                       : POPCORN_DECLINE_NO_NODE,
                      "there is no such node");
        return;
    }
    if (!node_set_has(agent->nodes_up, target)) {
        thread_refuse(agent, thread, source, POPCORN_DECLINE_NODE_DIED,
                      "that node has ended");
        return;
    }
    if (dsm_grow(agent->dsm, header.move.high_water) != 0) {
        thread_refuse(agent, thread, source, POPCORN_DECLINE_NO_SPACE,
                      "home cannot register the program's memory");
        return;
    }
    dsm_move_begins(agent->dsm, thread, target);
    end_run_span(agent, thread);
    t->location = AGENT_NOWHERE;
    t->from = source;
    t->to = target;
    agent->departs++;
    stats_sample(agent, SAMPLE_CAPTURE, header.move.capture_ns);
    if (t->request_ns != 0 && header.move.reason == POPCORN_DEPART_REQUEST) {
        uint64_t depart_ns = header.move.when_ns;

        if (depart_ns > t->request_ns) { /* it was not leaving already */
            stats_sample(agent, SAMPLE_REQUEST, depart_ns - t->request_ns);
        }
        t->request_ns = 0;
    }
    if (target == agent->node) {
        struct message_view copy = {header, view->payload};
        thread_arrives(agent, &copy);
    } else {
        agent_send_node(agent, target, &header, view->payload, header.length);
    }
}

void thread_leaves(struct agent *agent, const struct message_view *view)
{
    unsigned target = view->header.target_node, thread = view->header.thread;
    int result = 0;

    __atomic_store_n(&agent->page->thread[thread].request_node, 0,
                     __ATOMIC_RELAXED);
    stats_point_reached(agent, &view->header);
    seat_link(agent, thread)->present = 0;
    if (agent->node != agent->home) {
        dsm_thread_leaves(agent->dsm, thread, target);
        agent_send_node(agent, agent->home, &view->header, view->payload,
                        view->header.length);
        return;
    }
    dsm_note_high_water(agent->dsm, view->header.move.high_water);
    result = dsm_activate(agent->dsm);
    if (result != 0) {
        thread_refuse(agent, thread, agent->node, POPCORN_DECLINE_PERMISSION,
                      result == -ENOTCONN
                          ? "the program's memory cannot be shared: it has no "
                            "userfaultfd"
                          : "the program's memory cannot be registered with "
                            "userfaultfd");
        return;
    }
    if (target < agent->config.node_count &&
        node_set_has(agent->nodes_up, target)) {
        dsm_thread_leaves(agent->dsm, thread, target);
        dsm_run_queue(agent->dsm);
    }
    thread_departs(agent, agent->node, view);
}

static void say_moved(struct agent *agent, unsigned thread, unsigned node,
                      const struct popcorn_message *header, uint64_t total_ns)
{
    const struct agent_thread *t = &agent->thread[thread];
    char who[24] = "";

    if (thread != 0) {
        snprintf(who, sizeof who, "thread %u: ", thread);
    }
    agent_say(agent,
              "move %llu: %snode %u (%s) -> node %u (%s), %llu frames, "
              "%llu bytes, %llu us",
              (unsigned long long)agent->stats.moves, who, t->from,
              agent->config.isa[t->from], node, agent->config.isa[node],
              (unsigned long long)header->resumed.frames,
              (unsigned long long)header->resumed.bytes,
              (unsigned long long)total_ns / 1000);
}

void thread_resumed(struct agent *agent, unsigned node,
                    const struct popcorn_message *header)
{
    struct agent_thread *t = thread_of(agent, header);
    unsigned thread = header->thread;
    uint64_t total_ns = header->resumed.total_ns;
    char arguments[160];

    if (t == NULL) {
        return;
    }
    t->location = node;
    t->moves++;
    dsm_move_ends(agent->dsm, thread);
    t->run_since_ns = agent_now_ns();
    if (agent->config.address[t->from][0] != '\0' ||
        agent->config.address[node][0] != '\0') {
        /* The clock of a node there is late by the way to it (clock.c). */
        total_ns = t->run_since_ns - t->depart_ns;
    }
    agent->stats.frames += header->resumed.frames;
    agent->stats.bytes += header->resumed.bytes;
    agent->stats.moves++;
    stats_sample(agent, SAMPLE_REBUILD, header->resumed.rebuild_ns);
    stats_sample(agent, SAMPLE_MOVE, total_ns);
    if (agent->trace.fd >= 0) {
        snprintf(arguments, sizeof arguments,
                 "\"thread\":%u,\"from\":%u,\"to\":%u,\"frames\":%llu,"
                 "\"bytes\":%llu",
                 thread, t->from, node,
                 (unsigned long long)header->resumed.frames,
                 (unsigned long long)header->resumed.bytes);
        trace_span(agent, node, TRACE_MOVES, "move", t->depart_ns,
                   t->run_since_ns, arguments);
    }
    if (agent->config.progress_every != 0 &&
        (agent->stats.moves - 1) % agent->config.progress_every == 0) {
        say_moved(agent, thread, node, header, total_ns);
    }
    if (agent->on_move.moved != NULL) {
        agent->on_move.moved(agent, thread, node, total_ns);
    }
    if (t->wanted == node) {
        t->wanted = AGENT_NOWHERE;
    }
    thread_request(agent, thread);
}

void thread_ask(struct agent *agent, unsigned thread, uint32_t target)
{
    if (seat_link(agent, thread)->present) {
        stats_point_wanted(agent, thread);
        __atomic_store_n(&agent->page->thread[thread].request_node, target + 1,
                         __ATOMIC_RELAXED);
        thread_poll(agent);
    }
}

void thread_request(struct agent *agent, unsigned thread)
{
    const struct agent_thread *t = &agent->thread[thread];
    struct popcorn_message header = {.type = POPCORN_REQUEST_MOVE,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = (uint16_t)t->location,
                                     .thread = (uint16_t)thread};

    if (!t->lives || t->wanted == AGENT_NOWHERE ||
        t->location == AGENT_NOWHERE) {
        return;
    }
    if (t->location == agent->node) {
        thread_ask(agent, thread, t->wanted);
        return;
    }
    header.move_request.node = t->wanted;
    agent_send_node(agent, t->location, &header, NULL, 0);
}
