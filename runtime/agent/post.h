/* What an agent sends, waits for and says. */
#ifndef POPCORN_AGENT_POST_H
#define POPCORN_AGENT_POST_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/message/connection.h"

struct agent;

struct seat_link;

#define AGENT_SAID_MS                                                          \
    2000 /* longest wait for what is said to be written, for a
                              thread of the program may be in the way */

enum watch_kind {
    WATCH_SEAT, /* the member's streams, by thread */
    WATCH_FAULTS,
    WATCH_PEER,
    WATCH_MEMBER_PID,
    WATCH_CONTROL,
    WATCH_CLIENT,
    WATCH_TIMER,
    WATCH_HEARTBEAT
};

/* post.c */
uint64_t agent_now_ns(void);
int agent_watch(struct agent *agent, int fd, enum watch_kind kind,
                unsigned index, uint32_t events);
/* The stream of a thread's seat, or the desk's; made when it is first asked for. */
struct seat_link *seat_link(struct agent *agent, unsigned thread);
/* Sends to the agent of `node`, or drops it if that node is down. */
void agent_send_node(struct agent *agent, unsigned node,
                     const struct popcorn_message *header, const void *payload,
                     size_t payload_bytes);
/* To the seat of header->thread, if it is open. */
void agent_send_member(struct agent *agent,
                       const struct popcorn_message *header,
                       const void *payload, size_t payload_bytes);
void agent_flush(struct agent *agent);
/* Its connection has ended, or is of no use any more: closes it at once, the
 * rest is failure_settle()'s. */
void agent_lose_node(struct agent *agent, unsigned node, const char *why);
/* The same for this agent; `why` stays where it is. */
void agent_must_leave(struct agent *agent, const char *why);
/* The answer to a question that desks are asked; 0: no such question. */
uint16_t desk_answer(uint16_t type);

/* say.c: a line to standard error, soon */
void agent_say(const struct agent *agent, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text to standard error, behind what was said, or at once to a file of the
 * agent's own. */
void agent_put_out(int fd, const char *text, size_t size_bytes);
/* Waits until all is written, or for this long. */
void agent_have_said(unsigned timeout_ms);

#endif
