/* popcorn-agent: one per node of a running program.
 *
 * Holds the member's userfaultfd and memfd, the connection to home's agent
 * (home: to every other agent) and, at home, the page directory, the place of
 * each thread, statistics, trace and the control socket.  One epoll loop in one
 * thread, where no call blocks but waiting for a killed member, at the end; what
 * the agent says is written by a thread of its own (say.c).
 *
 * All traffic between two nodes goes through home's agent: a star, so a page
 * and the thread that needs it can never overtake each other (docs/dsm.md).
 *
 * May use runtime/base, runtime/message, runtime/dsm and runtime/launch. The
 * headers included here are its parts; each file of the agent sees them all
 * through this one.
 */
#ifndef POPCORN_AGENT_AGENT_H
#define POPCORN_AGENT_AGENT_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "runtime/agent/control.h"
#include "runtime/agent/failure.h"
#include "runtime/agent/fault_point.h"
#include "runtime/agent/member.h"
#include "runtime/agent/post.h"
#include "runtime/agent/route.h"
#include "runtime/agent/seats.h"
#include "runtime/agent/stats.h"
#include "runtime/agent/thread.h"
#include "runtime/agent/trace.h"
#include "runtime/base/node_page.h"
#include "runtime/base/stopped.h"
#include "runtime/dsm/dsm.h"
#include "runtime/dsm/node_set.h"
#include "runtime/launch/config.h"
#include "runtime/message/connection.h"

/* Where the next event is likely to come from, and when to look (loop.c). */
struct lookout {
    enum watch_kind kind; /* WATCH_FAULTS, WATCH_PEER; others: nowhere */
    unsigned peer;        /* the last that was heard of */
    unsigned looks;       /* there, since epoll was asked */
    int lively;           /* what came since the last wait makes more likely */
};

struct agent {
    struct agent_config config;
    unsigned node, home;
    int epoll;
    struct dsm *dsm; /* from the member's start on */
    /* By thread; link[0] is the member's own stream. Made when needed. */
    struct seat_link *link[POPCORN_MAX_THREADS];
    unsigned thread_limit; /* end of the threads seen */
    /* By kernel id: perhaps that thread's. */
    uint16_t id_guess[SEAT_ID_GUESSES];
    struct seat_link desk; /* home: from the first departure on */
    struct connection peer[POPCORN_MAX_NODES];
    struct node_set writable_watch; /* peers: EPOLLOUT asked for */
    int member_ready;               /* told its ranges */
    int member_error;               /* errno of its userfaultfd */
    pid_t member_pid;
    int member_pidfd;
    int member_ended;
    struct popcorn_node_page *page;
    int polled; /* a poll word was raised since the loop last waited */
    struct lookout lookout;
    struct popcorn_message for_desk; /* remote: kept until there is a desk */
    int for_desk_waits;
    int desk_asked; /* remote: it has not answered yet */
    struct heartbeat heartbeat;
    struct stopped stopped[POPCORN_MAX_NODES];
    struct fault_state fault;
    int quit, status;
    /* Noted by those who send, for failure_settle(). */
    struct node_set to_lose;
    char why_lost[POPCORN_MAX_NODES][200];
    const char *why_leave; /* NULL: no reason */

    /* home */
    struct node_set nodes_up;
    struct agent_thread thread[POPCORN_MAX_THREADS];
    unsigned threads_made; /* so far: place in the list of --place */
    uint64_t departs;
    unsigned asker; /* thread that asked for a drop, recall or freeze */
    struct node_set desks_asked;           /* have not answered yet */
    struct popcorn_message desks_answered; /* for the thread that asked them */
    struct move_stats stats;
    struct trace trace;
    int exiting, dying;
    struct {
        /* Whoever wants to know how a move ended; NULL: nobody yet. */
        void (*moved)(struct agent *agent, unsigned thread, uint32_t node,
                      uint64_t total_ns);
        void (*declined)(struct agent *agent, unsigned thread, uint64_t reason);
    } on_move;
    int control_fd;
    struct client client[AGENT_MAX_CLIENTS];
    int timer_fd; /* home: the grace of a member told to die */
};

/* loop.c */
int agent_loop(struct agent *agent);
/* A round of it: waits for events, serves them. -errno if it cannot wait. */
int agent_turn(struct agent *agent);

#endif
