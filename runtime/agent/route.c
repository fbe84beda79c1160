/* Who gets which message: members to agents, agents to agents, agents to
 * members.  Delegated system calls, and what a member asks of its own agent;
 * thread.c has the thread's way from node to node. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/agent/agent.h"
#include "runtime/message/printable.h"

static int refuse(char *reason, size_t reason_bytes, const char *format,
                  const char *name)
{
    snprintf(reason, reason_bytes, format, name);
    return -EPROTO;
}

/* --- the DSM's ports --- */

static void dsm_send(void *context, unsigned node,
                     const struct popcorn_message *header, const void *payload,
                     size_t payload_bytes)
{
    agent_send_node(context, node, header, payload, payload_bytes);
}

static void dsm_granted(void *context, unsigned node, uint64_t address,
                        uint32_t count, enum page_reply_kind kind, int pushed)
{
    static const char *const names[] = {"page", "zero page", "page upgrade"};
    struct agent *agent = context;
    char arguments[96];

    if (agent->trace.fd >= 0) {
        snprintf(arguments, sizeof arguments,
                 "\"address\":\"%#llx\",\"pages\":%u",
                 (unsigned long long)address, count);
        trace_instant(agent, node, TRACE_PAGES,
                      pushed ? "pushed page" : names[kind], arguments);
    }
}

static unsigned dsm_thread_of(void *context, uint32_t id)
{
    return seat_thread_of(context, id);
}

/* Not if another thread is there, on its way there, or may be sent back. */
static int dsm_keeps_copy(void *context, unsigned thread, unsigned node)
{
    const struct agent *agent = context;

    for (unsigned i = 0; i < agent->thread_limit; i++) {
        const struct agent_thread *t = &agent->thread[i];

        if (i != thread && t->lives &&
            (t->location == node || (t->location == AGENT_NOWHERE &&
                                     (t->to == node || t->from == node)))) {
            return 0;
        }
    }
    return 1;
}

static void dsm_range_dropped(void *context, uint64_t start, uint64_t end)
{
    struct agent *agent = context;
    struct popcorn_message header = {.type = POPCORN_RANGE_DROP_ACK,
                                     .thread = (uint16_t)agent->asker};

    header.range.start = start;
    header.range.end = end;
    agent_send_member(agent, &header, NULL, 0);
}

static void dsm_recalled(void *context, int frozen)
{
    struct agent *agent = context;
    struct popcorn_message header = {.type = frozen ? POPCORN_FREEZE_ACK
                                                    : POPCORN_RECALL_ALL_ACK,
                                     .thread = (uint16_t)agent->asker};

    agent_send_member(agent, &header, NULL, 0);
}

static void dsm_lost(void *context, const char *why)
{
    struct agent *agent = context;

    if (agent->node == agent->home) {
        failure_die(agent, POPCORN_EXIT_LOST_NODE << 8, why);
    } else {
        failure_leave(agent, 0, why);
    }
}

static uint64_t dsm_now_us(void)
{
    return agent_now_ns() / 1000;
}

struct dsm_ports route_dsm_ports(struct agent *agent)
{
    return (struct dsm_ports){.context = agent,
                              .thread_of = dsm_thread_of,
                              .send = dsm_send,
                              .lost = dsm_lost,
                              .now_us = dsm_now_us,
                              .keeps_copy = dsm_keeps_copy,
                              .granted = dsm_granted,
                              .range_dropped = dsm_range_dropped,
                              .recalled = dsm_recalled};
}

/* --- delegated system calls --- */

static void call_starts(struct agent *agent, const struct message_view *view)
{
    struct agent_thread *t = thread_of(agent, &view->header);

    agent->stats.calls++;
    if (t != NULL) {
        memcpy(&t->call_number, view->payload, sizeof t->call_number);
        t->call_since_ns = agent_now_ns();
        t->calls = 1;
    }
}

static void call_ends(struct agent *agent, unsigned node,
                      const struct popcorn_message *header)
{
    struct agent_thread *t = thread_of(agent, header);
    char arguments[64];

    dsm_note_high_water(agent->dsm, header->reply.high_water);
    if (t == NULL) {
        return;
    }
    t->calls = 0;
    if (agent->trace.fd >= 0) {
        snprintf(arguments, sizeof arguments, "\"number\":%lld,\"result\":%lld",
                 (long long)t->call_number, (long long)header->reply.result);
        trace_span(agent, node, TRACE_CALLS, "system call", t->call_since_ns,
                   agent_now_ns(), arguments);
    }
}

/* --- from the member --- */

static int member_is_ready(struct agent *agent,
                           const struct popcorn_message *header, char *reason,
                           size_t reason_bytes)
{
    int result = 0, userfault;

    if (agent->member_ready) {
        return refuse(reason, reason_bytes, "a second %s", "MEMBER_READY");
    }
    agent->member_ready = 1;
    agent->member_error = (int)header->ready.uffd_errno;
    seat_link(agent, 0)->kernel_id = (uint32_t)header->ready.pid;
    userfault =
        agent->member_error == 0
            ? connection_take_descriptor(&seat_link(agent, 0)->connection)
            : -1;
    if (userfault < 0 && agent->member_error == 0) {
        agent->member_error = EPERM;
    }
    if (agent->member_error == 0) {
        dsm_member_ready(agent->dsm, header->ready.data_start,
                         header->ready.data_end, header->ready.high_water,
                         userfault);
        result = agent_watch(agent, userfault, WATCH_FAULTS, 0, 1);
        if (result == 0 && agent->node != agent->home) {
            result = dsm_activate(agent->dsm);
        }
        if (result != 0) {
            agent->member_error = -result;
            agent_say(agent, "node %u (%s): userfaultfd cannot be used: %s",
                      agent->node, agent->config.isa[agent->node],
                      strerror(-result));
        }
    }
    seats_ready(agent);
    if (agent->node == agent->home) {
        thread_starts(agent, 0, agent->config.home_pid, 0);
        control_open(agent);
    }
    return 0;
}

static void arena_grown(struct agent *agent,
                        const struct popcorn_message *header)
{
    struct popcorn_message ack = *header;
    int result = dsm_grow(agent->dsm, header->arena.high_water);

    if (result != 0) {
        dsm_lost(agent, "more memory cannot be registered with userfaultfd");
    } else if (agent->node == agent->home && dsm_is_active(agent->dsm)) {
        desks_ask(agent, header);
    } else {
        ack.type = POPCORN_ARENA_GROWN_ACK;
        agent_send_member(agent, &ack, NULL, 0);
    }
}

static void member_exits(struct agent *agent, unsigned thread)
{
    struct popcorn_message ack = {.type = POPCORN_EXIT_ACK,
                                  .thread = (uint16_t)thread};

    agent->exiting = 1;
    failure_finish(agent);
    agent_have_said(AGENT_SAID_MS);
    agent_send_member(agent, &ack, NULL, 0);
}

/* Home: hands a message of either side to the node it is for. */
static void forward(struct agent *agent, unsigned source,
                    const struct message_view *view)
{
    struct popcorn_message header = view->header;

    header.source_node = (uint16_t)source;
    if (header.target_node == agent->node) {
        agent_send_member(agent, &header, view->payload, header.length);
    } else {
        agent_send_node(agent, header.target_node, &header, view->payload,
                        header.length);
    }
}

/* What home's agent must know of the messages that pass through it. */
static int pass_home(struct agent *agent, unsigned source,
                     const struct message_view *view)
{
    const struct popcorn_message *header = &view->header;
    struct agent_thread *t = thread_of(agent, header);

    switch ((unsigned)header->type) {
    case POPCORN_THREAD_RESUMED:
        thread_resumed(agent, source, header);
        return 1;
    case POPCORN_THREAD_REFUSED:
        thread_refused(agent, view);
        return 1;
    case POPCORN_SYSCALL:
        call_starts(agent, view);
        forward(agent, source, view);
        return 1;
    case POPCORN_SYSCALL_REPLY:
        call_ends(agent, header->target_node, header);
        forward(agent, source, view);
        return 1;
    case POPCORN_SIGNAL:
        agent->stats.signals++;
        if (t != NULL && t->location < agent->config.node_count) {
            agent_send_node(agent, t->location, header, NULL, 0);
        }
        return 1; /* in between: home tells again */
    case POPCORN_DECLINED:
        thread_declined(agent, header->thread, header->refused.reason);
        return 1;
    case POPCORN_ARENA_GROWN_ACK:
    case POPCORN_RANGE_PROTECT_ACK:
    case POPCORN_CPU_TIME_ACK:
        desk_has_answered(agent, source, header);
        return 1;
    default:
        return 0;
    }
}

/* The program asks that one of its threads moves. */
static void propose(struct agent *agent, const struct popcorn_message *header)
{
    struct popcorn_message ack = {.type = POPCORN_PROPOSE_ACK,
                                  .thread = header->thread};

    ack.proposed.result = (uint64_t)-(int64_t)ESRCH;
    for (unsigned i = 0; i < agent->thread_limit; i++) {
        struct agent_thread *t = &agent->thread[i];
        if (t->lives && t->id == (long)header->propose.kernel_id &&
            header->propose.node < agent->config.node_count) {
            ack.proposed.result = 0;
            t->wanted = t->location == header->propose.node
                            ? AGENT_NOWHERE
                            : (uint32_t)header->propose.node;
            thread_request(agent, i);
        }
    }
    agent_send_member(agent, &ack, NULL, 0);
}

static int from_home_member(struct agent *agent,
                            const struct message_view *view, char *reason,
                            size_t reason_bytes)
{
    const struct popcorn_message *header = &view->header;
    struct popcorn_message ack = {.type = POPCORN_THAW_ACK};

    if (pass_home(agent, agent->node, view)) {
        return 0;
    }
    switch ((unsigned)header->type) {
    case POPCORN_THREAD_END:
        thread_ends(agent, header->thread);
        return 0;
    case POPCORN_PROPOSE:
        propose(agent, header);
        return 0;
    case POPCORN_FREEZE:
        agent->asker = header->thread;
        dsm_freeze(agent->dsm);
        return 0;
    case POPCORN_THAW:
        dsm_thaw(agent->dsm);
        ack.thread = header->thread;
        agent_send_member(agent, &ack, NULL, 0);
        return 0;
    case POPCORN_RANGE_PROTECT:
    case POPCORN_CPU_TIME:
        desks_ask(agent, header);
        return 0;
    case POPCORN_RANGE_DROP:
        agent->asker = header->thread;
        dsm_drop(agent->dsm, header->range.start, header->range.end);
        return 0;
    case POPCORN_RECALL_ALL:
        agent->asker = header->thread;
        dsm_recall(agent->dsm);
        return 0;
    case POPCORN_EXIT:
        member_exits(agent, header->thread);
        return 0;
    default:
        return refuse(reason, reason_bytes, "a member does not send %s",
                      message_name(header->type));
    }
}

int route_from_member(struct agent *agent, const struct message_view *view,
                      char *reason, size_t reason_bytes)
{
    const struct popcorn_message *header = &view->header;
    int result;

    if (agent->dying) {
        return 0; /* the program has lost a part of it: nothing goes on */
    }
    if (admit(agent, FAULT_FROM_MEMBER, header, reason, reason_bytes) != 0) {
        return -EPROTO;
    }
    switch ((unsigned)header->type) {
    case POPCORN_MEMBER_READY:
        return member_is_ready(agent, header, reason, reason_bytes);
    case POPCORN_THREAD_DEPART:
        thread_leaves(agent, view);
        return 0;
    case POPCORN_ARENA_GROWN:
        arena_grown(agent, header);
        return 0;
    case POPCORN_THREAD_OPEN:
        result =
            seat_opened(agent, header,
                        connection_take_descriptor(
                            &seat_link(agent, header->thread)->connection));
        if (result < 0) {
            return refuse(reason, reason_bytes, "a malformed %s",
                          "THREAD_OPEN");
        }
        if (result > 0) {
            thread_starts(agent, (unsigned)header->open.thread,
                          (long)header->open.kernel_id,
                          header->open.control_bytes);
        }
        return 0;
    default:
        break;
    }
    if (header->type == POPCORN_THREAD_REFUSED &&
        header->thread == POPCORN_DESK) {
        seat_refused(agent, (unsigned)header->refused.thread);
        return 0;
    }
    if (header->type == POPCORN_THREAD_REFUSED) {
        dsm_thread_leaves(agent->dsm, header->thread, agent->node);
        seat_link(agent, header->thread)->present = 0;
    }
    if (agent->node == agent->home) {
        return from_home_member(agent, view, reason, reason_bytes);
    }
    agent_send_node(agent, agent->home, header, view->payload, header->length);
    if (header->thread == POPCORN_DESK) {
        seats_answered(agent);
    }
    return 0;
}

/* --- from other agents --- */

static int check_hello(struct agent *agent, const struct message_view *view,
                       char *reason, size_t reason_bytes)
{
    if (view->header.hello.protocol_version != POPCORN_PROTOCOL_VERSION) {
        return refuse(reason, reason_bytes, "%s speaks another protocol",
                      "the peer");
    }
    if (memcmp(view->payload, agent->config.program_id, 32) != 0 ||
        memcmp(view->payload + 32, agent->config.layout_hash, 32) != 0) {
        return refuse(reason, reason_bytes, "%s has another program or layout",
                      "the peer");
    }
    return 0;
}

/* A remote agent, from home. */
static int from_home(struct agent *agent, const struct message_view *view,
                     char *reason, size_t reason_bytes)
{
    const struct popcorn_message *header = &view->header;

    switch ((unsigned)header->type) {
    case POPCORN_THREAD_DEPART:
        thread_arrives(agent, view);
        return 0;
    case POPCORN_THREAD_REFUSED:
        seat_hand_over(agent, view);
        return 0;
    case POPCORN_THREAD_OPEN:
        seat_announced(agent, header);
        return 0;
    case POPCORN_THREAD_END:
        seat_ends(agent, header->thread);
        return 0;
    case POPCORN_ARENA_GROWN:
    case POPCORN_RANGE_PROTECT:
    case POPCORN_CPU_TIME:
        seats_ask_desk(agent, header);
        return 0;
    case POPCORN_SYSCALL_REPLY:
        agent_send_member(agent, header, NULL, 0);
        return 0;
    case POPCORN_SIGNAL:
        if (seat_link(agent, header->thread)->present) {
            __atomic_store_n(&agent->page->thread[header->thread].signals, 1,
                             __ATOMIC_RELAXED);
            thread_poll(agent);
        }
        return 0;
    case POPCORN_REQUEST_MOVE:
        thread_ask(agent, header->thread, (uint32_t)header->move_request.node);
        return 0;
    case POPCORN_SHUTDOWN:
        agent->quit = 1;
        return 0;
    default:
        return refuse(reason, reason_bytes, "home does not send %s",
                      message_name(header->type));
    }
}

int route_from_node(struct agent *agent, unsigned node,
                    const struct message_view *view, char *reason,
                    size_t reason_bytes)
{
    const struct popcorn_message *header = &view->header;

    if (agent->dying) {
        return 0;
    }
    if (admit(agent, FAULT_FROM_AGENT, header, reason, reason_bytes) != 0) {
        return -EPROTO;
    }
    clock_follow(agent, header);
    if (header->type >= POPCORN_PAGE_REQUEST &&
        header->type <= POPCORN_PAGE_DOWNGRADED) {
        return dsm_on_message(agent->dsm, node, view, reason, reason_bytes);
    }
    if (header->type == POPCORN_HEARTBEAT) {
        return 0;
    }
    if (header->type == POPCORN_HELLO) {
        stopped_hello(agent, node, header);
        return check_hello(agent, view, reason, reason_bytes);
    }
    if (agent->node != agent->home) {
        return from_home(agent, view, reason, reason_bytes);
    }
    if (header->type == POPCORN_THREAD_DEPART) {
        thread_departs(agent, node, view);
        return 0;
    }
    if (header->type == POPCORN_STATS) {
        stats_sample(agent, SAMPLE_POINT, header->stats.point_wait_ns);
        return 0;
    }
    if (header->type == POPCORN_MEMBER_STOPPED) {
        stopped_member(agent, node, header);
        return 0;
    }
    if (header->type == POPCORN_SHUTDOWN) {
        char text[256]; /* of a reason, not all of what is said */
        text_printable(text, sizeof text, (const char *)view->payload,
                       header->length);
        failure_node_down(agent, node, (int)header->end.status, text);
        return 0;
    }
    if (pass_home(agent, node, view)) {
        return 0;
    }
    return refuse(reason, reason_bytes, "a node does not send %s",
                  message_name(header->type));
}
