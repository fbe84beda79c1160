/* The streams to this node's member: one for each seat, and the desk's.
 *
 * A thread that comes to a remote node where it has no seat waits here until
 * the desk has made one.  home's seats are made with their threads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

unsigned seat_thread_of(struct agent *agent, uint32_t kernel_id)
{
    uint16_t *guess = &agent->id_guess[kernel_id % SEAT_ID_GUESSES];
    const struct seat_link *link = agent->link[*guess];

    if (kernel_id == 0) {
        return POPCORN_DESK;
    }
    if (link != NULL && link->kernel_id == kernel_id) {
        return *guess;
    }
    for (unsigned thread = 0; thread < agent->thread_limit; thread++) {
        link = agent->link[thread];
        if (link != NULL && link->kernel_id == kernel_id) {
            *guess = (uint16_t)thread;
            return thread;
        }
    }
    return POPCORN_DESK;
}

int seat_open(struct agent *agent, unsigned thread, int fd)
{
    struct seat_link *link = seat_link(agent, thread);
    int result;

    connection_close(&link->connection);
    link->writable_watch = 0;
    result = connection_open(&link->connection, fd);
    link->connection.takes_descriptor = 1;
    return result != 0 ? result
                       : agent_watch(agent, fd, WATCH_SEAT, thread, EPOLLIN);
}

void seat_close(struct agent *agent, unsigned thread)
{
    struct seat_link *link = seat_link(agent, thread);

    if (link->connection.fd >= 0) {
        connection_flush(&link->connection);
    }
    connection_close(&link->connection);
    free(link->held_payload);
    link->held_payload = NULL;
    link->asked = link->present = 0;
    link->kernel_id = 0;
    dsm_thread_ends(agent->dsm, thread);
    memset(&agent->page->thread[thread], 0, sizeof agent->page->thread[thread]);
}

void seat_hand_over(struct agent *agent, const struct message_view *view)
{
    seat_link(agent, view->header.thread)->present = 1;
    dsm_thread_arrives(agent->dsm, view->header.thread);
    agent_send_member(agent, &view->header, view->payload, view->header.length);
}

static void ask_for_seat(struct agent *agent, unsigned thread)
{
    struct seat_link *link = seat_link(agent, thread);
    struct popcorn_message header = {.type = POPCORN_THREAD_SEAT,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = (uint16_t)agent->node,
                                     .thread = POPCORN_DESK};

    link->asked = 1;
    header.open.thread = thread;
    header.open.control_bytes = link->control_bytes;
    agent_send_member(agent, &header, NULL, 0);
}

/* One thing at a time: while the desk is at one it may itself ask, and wait
 * for nothing but the answer. */
static void ask_desk(struct agent *agent)
{
    if (agent->desk_asked || agent->desk.connection.fd < 0) {
        return;
    }
    if (agent->for_desk_waits) {
        agent->for_desk_waits = 0;
        agent->desk_asked = 1;
        agent_send_member(agent, &agent->for_desk, NULL, 0);
        return;
    }
    for (unsigned thread = 0; thread < agent->thread_limit; thread++) {
        const struct seat_link *link = agent->link[thread];

        if (link != NULL && link->held_payload != NULL && !link->asked &&
            link->connection.fd < 0) {
            agent->desk_asked = 1;
            ask_for_seat(agent, thread);
            return;
        }
    }
}

void seats_answered(struct agent *agent)
{
    agent->desk_asked = 0;
    ask_desk(agent);
}

static void keep(struct agent *agent, struct seat_link *link,
                 const struct message_view *view)
{
    free(link->held_payload);
    link->held = *view;
    link->held_payload = malloc(view->header.length);
    if (link->held_payload == NULL) {
        agent_must_leave(agent, "no memory for a thread's state");
        return;
    }
    memcpy(link->held_payload, view->payload, view->header.length);
    link->held.payload = link->held_payload;
}

struct message_view seat_refusal(const struct agent *agent, unsigned thread,
                                 unsigned node, enum popcorn_decline reason,
                                 const char *text)
{
    struct message_view view = {.header = {.type = POPCORN_THREAD_REFUSED,
                                           .source_node = (uint16_t)agent->node,
                                           .target_node = (uint16_t)node,
                                           .thread = (uint16_t)thread,
                                           .length = (uint32_t)strlen(text),
                                           .refused = {.reason = reason}},
                                .payload = (const uint8_t *)text};

    return view;
}

/* Remote: home makes of it what follows. */
static void refuse_here(struct agent *agent,
                        const struct popcorn_message *header,
                        enum popcorn_decline reason, const char *text)
{
    struct message_view view =
        seat_refusal(agent, header->thread, header->source_node, reason, text);

    agent_send_node(agent, agent->home, &view.header, view.payload,
                    view.header.length);
}

void seat_deliver(struct agent *agent, const struct message_view *view)
{
    unsigned thread = view->header.thread;
    struct seat_link *link = seat_link(agent, thread);

    if (agent->member_ready && agent->member_error != 0) {
        refuse_here(agent, &view->header, POPCORN_DECLINE_PERMISSION,
                    "no permission for userfaultfd on that node");
    } else if (agent->member_ready && link->connection.fd >= 0) {
        seat_hand_over(agent, view);
    } else {
        keep(agent, link, view);
        ask_desk(agent);
    }
}

void seats_ready(struct agent *agent)
{
    for (unsigned thread = 0; thread < agent->thread_limit; thread++) {
        struct seat_link *link = agent->link[thread];
        uint8_t *payload = link == NULL ? NULL : link->held_payload;

        if (payload != NULL) {
            struct message_view held = link->held;

            link->held_payload = NULL;
            seat_deliver(agent, &held);
            free(payload);
        }
    }
    ask_desk(agent);
}

void seat_refused(struct agent *agent, unsigned thread)
{
    struct seat_link *link = seat_link(agent, thread);

    link->asked = 0;
    if (link->held_payload != NULL) {
        free(link->held_payload);
        link->held_payload = NULL;
        refuse_here(agent, &link->held.header, POPCORN_DECLINE_NO_SPACE,
                    "no memory or descriptors for it on that node");
    }
    seats_answered(agent);
}

int seat_opened(struct agent *agent, const struct popcorn_message *header,
                int descriptor)
{
    uint64_t thread = header->open.thread;
    int at_home = agent->node == agent->home;
    int is_desk = thread == POPCORN_DESK;
    int result;

    if (descriptor < 0) {
        agent_must_leave(agent, "a thread's stream did not come: its agent has "
                                "no descriptors left (ulimit -n)");
        return 0;
    }
    if (at_home && !is_desk && agent->thread[thread].lives) {
        close(descriptor);
        return -EPROTO;
    }
    result = seat_open(agent, (unsigned)thread, descriptor);
    if (result != 0) {
        agent_must_leave(agent, "a thread's stream cannot be watched");
        return 0;
    }
    seat_link(agent, (unsigned)thread)->kernel_id =
        (uint32_t)header->open.kernel_id;
    if (at_home && !is_desk) {
        seat_link(agent, (unsigned)thread)->present = 1;
        return 1;
    }
    if (!at_home) {
        seats_ready(agent);
        if (!is_desk) {
            seats_answered(agent);
        }
    }
    return 0;
}

void seat_announced(struct agent *agent, const struct popcorn_message *header)
{
    seat_link(agent, (unsigned)header->open.thread)->control_bytes =
        header->open.control_bytes;
}

void seat_ends(struct agent *agent, unsigned thread)
{
    struct popcorn_message header = {.type = POPCORN_THREAD_END,
                                     .source_node = (uint16_t)agent->node,
                                     .target_node = (uint16_t)agent->node,
                                     .thread = (uint16_t)thread};

    if (thread != 0) {
        agent_send_member(agent, &header, NULL, 0);
        seat_close(agent, thread);
    }
}

void seats_ask_desk(struct agent *agent, const struct popcorn_message *header)
{
    struct popcorn_message asked = *header;

    asked.source_node = (uint16_t)agent->node;
    asked.target_node = (uint16_t)agent->home;
    asked.thread = POPCORN_DESK;
    if (agent->member_error != 0) { /* no thread will ever be here */
        asked.type = desk_answer(asked.type);
        agent_send_node(agent, agent->home, &asked, NULL, 0);
        return;
    }
    agent->for_desk = asked;
    agent->for_desk_waits = 1;
    ask_desk(agent);
}
