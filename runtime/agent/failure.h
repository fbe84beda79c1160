/* Nodes and processes that are gone, silent or stopped, and the end. */
#ifndef POPCORN_AGENT_FAILURE_H
#define POPCORN_AGENT_FAILURE_H

#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/exit_status.h"
#include "runtime/dsm/node_set.h"
#include "runtime/message/message.h"

struct agent;

/* Nodes of other machines must be heard of (heartbeat.c). */
struct heartbeat {
    int fd;                               /* timer */
    uint64_t received[POPCORN_MAX_NODES]; /* bytes, at the last tick */
    unsigned silent_ticks[POPCORN_MAX_NODES];
};

/* A node's processes, of those that may be found stopped (stopped.c). */
struct stopped {
    pid_t agent;  /* of this machine, else 0 */
    pid_t member; /* it is stopped; else 0 */
    uint32_t agent_looks, member_looks;
    int is_said; /* home: that its member is */
};

/* failure.c: nodes that end, and the end of the program. */
void failure_node_down(struct agent *agent, unsigned node, int wait_status,
                       const char *why);
/* Does what has been noted about nodes and leaving; 0: nothing was. */
int failure_settle(struct agent *agent);
void failure_die(struct agent *agent, int wait_status, const char *text);
void failure_member_ended(struct agent *agent);
void failure_finish(struct agent *agent); /* home: statistics, trace */
void failure_timer(struct agent *agent);
/* Remote: tells home why, kills the member, ends. */
void failure_leave(struct agent *agent, int wait_status, const char *why);

/* heartbeat.c */
int heartbeat_open(struct agent *agent);
/* Sends heartbeats; the nodes that have been silent for too long. */
struct node_set heartbeat_tick(struct agent *agent);

/* stopped.c: processes that are stopped. */
void stopped_tick(struct agent *agent); /* a look at those there are */
/* MEMBER_STOPPED, HELLO from a node. */
void stopped_member(struct agent *agent, unsigned node,
                    const struct popcorn_message *header);
void stopped_hello(struct agent *agent, unsigned node,
                   const struct popcorn_message *header);
/* Home, at the end: stopped agents of this machine are to see it. */
void stopped_continue(struct agent *agent);

#endif
