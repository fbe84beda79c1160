/* Threads, and their way from node to node. */
#ifndef POPCORN_AGENT_THREAD_H
#define POPCORN_AGENT_THREAD_H

#include <stdint.h>

#include "runtime/message/connection.h"

struct agent;

#define AGENT_NOWHERE UINT32_MAX /* the thread is between two nodes */

/* Home: a thread of the program. */
struct agent_thread {
    int lives;
    long id;           /* kernel's, at home */
    uint32_t location; /* node, or AGENT_NOWHERE */
    uint32_t from, to; /* of the move under way */
    uint32_t wanted;   /* node of the last request, or AGENT_NOWHERE */
    uint64_t moves;
    uint64_t depart_ns, run_since_ns;
    uint64_t request_ns; /* when a move was asked for; 0: not, or begun */
    uint64_t call_since_ns;
    int64_t call_number;
    int calls; /* a delegated call is under way */
};

/* thread.c */
/* Home: the thread of a message, or NULL. */
struct agent_thread *thread_of(struct agent *agent,
                               const struct popcorn_message *header);
void thread_starts(struct agent *agent, unsigned thread, long id,
                   uint64_t control_bytes);
void thread_ends(struct agent *agent, unsigned thread);
/* Home: a move does not come about, as THREAD_REFUSED says. */
void thread_refused(struct agent *agent, const struct message_view *view);
/* Home: refuses one; the thread goes on at `node`, where it was. */
void thread_refuse(struct agent *agent, unsigned thread, unsigned node,
                   enum popcorn_decline reason, const char *text);
/* Its request is not served, for this enum popcorn_decline. */
void thread_declined(struct agent *agent, unsigned thread, uint64_t reason);
/* Makes migration points of this node's member take the slow path. */
void thread_poll(struct agent *agent);
/* The own member sends the thread away. */
void thread_leaves(struct agent *agent, const struct message_view *view);
/* Home: a thread leaves `source`; sends it on or sends it back. */
void thread_departs(struct agent *agent, unsigned source,
                    const struct message_view *view);
/* It has come to this node. */
void thread_arrives(struct agent *agent, const struct message_view *view);
/* Home: it runs on `node` now. */
void thread_resumed(struct agent *agent, unsigned node,
                    const struct popcorn_message *header);
/* Home: asks the node the thread is on to send it where it is wanted. */
void thread_request(struct agent *agent, unsigned thread);
/* This node's member is asked to send the thread to `target`. */
void thread_ask(struct agent *agent, unsigned thread, uint32_t target);

#endif
