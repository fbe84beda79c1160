/* The member's streams, and what its desk is asked. */
#ifndef POPCORN_AGENT_SEATS_H
#define POPCORN_AGENT_SEATS_H

#include <stdint.h>

#include "runtime/message/connection.h"

struct agent;

#define SEAT_ID_GUESSES 1024

/* A seat of this node's member: its stream, and what waits for it. */
struct seat_link {
    struct connection connection; /* fd -1: not open */
    int writable_watch;
    int asked;              /* remote: THREAD_SEAT was sent */
    uint32_t kernel_id;     /* of the kernel thread that has it; 0: not open */
    int present;            /* the thread is on this node */
    uint64_t polled_ns;     /* its request's poll word was written, by home's
                           clock; 0: none */
    uint64_t control_bytes; /* of its seat at home */
    struct message_view held; /* THREAD_ARRIVE before it is open */
    uint8_t *held_payload;
};

/* seats.c: the member's streams */
/* The thread whose seat has kernel thread `kernel_id`, or POPCORN_DESK. */
unsigned seat_thread_of(struct agent *agent, uint32_t kernel_id);
/* Takes over fd as the stream of a thread's seat, or of the desk. -errno. */
int seat_open(struct agent *agent, unsigned thread, int fd);
/* After what is queued has been sent. */
void seat_close(struct agent *agent, unsigned thread);
/* The desk has no room for a seat of the thread: it stays where it is. */
void seat_refused(struct agent *agent, unsigned thread);
/* THREAD_OPEN of a member, with a descriptor. 1: of a new thread; -EPROTO. */
int seat_opened(struct agent *agent, const struct popcorn_message *header,
                int descriptor);
/* THREAD_REFUSED: the thread goes on at `node`. The text stays where it is. */
struct message_view seat_refusal(const struct agent *agent, unsigned thread,
                                 unsigned node, enum popcorn_decline reason,
                                 const char *text);
/* To the seat of a thread that is here from now on. */
void seat_hand_over(struct agent *agent, const struct message_view *view);
/* A thread that comes to this node, once it has a seat there. */
void seat_deliver(struct agent *agent, const struct message_view *view);
/* The member is ready, or the desk is there: what has waited for it. */
void seats_ready(struct agent *agent);
/* Remote: home tells of a thread that is new, or has ended. */
void seat_announced(struct agent *agent, const struct popcorn_message *header);
void seat_ends(struct agent *agent, unsigned thread);
/* Remote: home asks the desk; it asks one thing at a time. */
void seats_ask_desk(struct agent *agent, const struct popcorn_message *header);
/* Remote: the desk has done what it was asked for. */
void seats_answered(struct agent *agent);

/* desks.c, home: what a thread asks of all desks, which have done it when it is
 * answered. */
void desks_ask(struct agent *agent, const struct popcorn_message *header);
/* A node's desk has done what all desks were asked, or (NULL) is gone. */
void desk_has_answered(struct agent *agent, unsigned node,
                       const struct popcorn_message *answer);

#endif
