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
 */
#ifndef POPCORN_AGENT_AGENT_H
#define POPCORN_AGENT_AGENT_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "runtime/launch/config.h"
#include "runtime/agent/fault_point.h"
#include "runtime/dsm/dsm.h"
#include "runtime/message/connection.h"
#include "runtime/base/node_page.h"
#include "runtime/base/stopped.h"

#define AGENT_NOWHERE UINT32_MAX /* the thread is between two nodes */
#define AGENT_EXIT_LOST_NODE 70
#define AGENT_MAX_CLIENTS 16
#define SEAT_ID_GUESSES 1024
#define AGENT_SAID_MS 2000 /* longest wait for what is said to be written, for a
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

/* Durations --stats gives quantiles of. */
enum sample_kind {
    SAMPLE_MOVE,    /* departure to resumption */
    SAMPLE_CAPTURE,
    SAMPLE_REBUILD,
    SAMPLE_REQUEST, /* `popcorn migrate` to the start of the capture */
    SAMPLE_POINT,   /* of that, from the poll word on */
    SAMPLE_KINDS
};

struct samples {
    uint64_t *ns;
    uint64_t count, capacity;
};

struct move_stats {
    uint64_t moves, refused, frames, bytes, calls, signals;
    struct samples samples[SAMPLE_KINDS];
};

/* One Chrome trace file, valid JSON after every write (trace.c). */
struct trace {
    int fd; /* -1: none */
    const char *path;
    char *buffer;
    size_t used;
    int64_t offset; /* where the closing bracket goes */
    uint64_t start_ns;
    int any;
};

/* Nodes of other machines must be heard of (heartbeat.c). */
struct heartbeat {
    int fd; /* timer */
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

/* Where the next event is likely to come from, and when to look (loop.c). */
struct lookout {
    enum watch_kind kind; /* WATCH_FAULTS, WATCH_PEER; others: nowhere */
    unsigned peer;        /* the last that was heard of */
    unsigned looks;       /* there, since epoll was asked */
    int lively;           /* what came since the last wait makes more likely */
};

struct client {
    int fd;          /* -1: free */
    char line[128];
    size_t used;
    uint32_t target; /* node of a migrate that waits, or AGENT_NOWHERE */
    uint8_t waits[POPCORN_MAX_THREADS]; /* for these threads */
    unsigned moved;
    uint64_t reason, total_ns; /* last decline; longest move */
};

/* A seat of this node's member: its stream, and what waits for it. */
struct seat_link {
    struct connection connection; /* fd -1: not open */
    int writable_watch;
    int asked;   /* remote: THREAD_SEAT was sent */
    uint32_t kernel_id; /* of the kernel thread that has it; 0: not open */
    int present; /* the thread is on this node */
    uint64_t polled_ns; /* its request's poll word was written, by home's
                           clock; 0: none */
    uint64_t control_bytes;    /* of its seat at home */
    struct message_view held;  /* THREAD_ARRIVE before it is open */
    uint8_t *held_payload;
};

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

struct agent {
    struct agent_config config;
    unsigned node, home;
    int epoll;
    struct dsm dsm;
    /* By thread; link[0] is the member's own stream. Made when needed. */
    struct seat_link *link[POPCORN_MAX_THREADS];
    unsigned thread_limit; /* end of the threads seen */
    uint16_t id_guess[SEAT_ID_GUESSES]; /* by kernel id: perhaps that thread's */
    struct seat_link desk; /* home: from the first departure on */
    struct connection peer[POPCORN_MAX_NODES];
    struct node_set writable_watch; /* peers: EPOLLOUT asked for */
    int member_ready; /* told its ranges */
    int member_error; /* errno of its userfaultfd */
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
    unsigned asker;    /* thread that asked for a drop, recall or freeze */
    struct node_set desks_asked; /* have not answered yet */
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
    int timer_fd;    /* home: the grace of a member told to die */
};

/* loop.c */
int agent_loop(struct agent *agent);
/* A round of it: waits for events, serves them. -errno if it cannot wait. */
int agent_turn(struct agent *agent);

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

/* admit.c: whether all that a message names is there. -EPROTO with a reason */
int admit(const struct agent *agent, enum fault_from from,
          const struct popcorn_message *header, char *reason,
          size_t reason_bytes);

/* route.c: what members and agents say to each other. -EPROTO with a reason */
int route_from_member(struct agent *agent, const struct message_view *view,
                      char *reason, size_t reason_bytes);
int route_from_node(struct agent *agent, unsigned node,
                    const struct message_view *view, char *reason,
                    size_t reason_bytes);
/* Hooks of the DSM. */
struct dsm_hooks route_dsm_hooks(struct agent *agent);

/* desks.c, home: what a thread asks of all desks, which have done it when it is
 * answered. */
void desks_ask(struct agent *agent, const struct popcorn_message *header);
/* A node's desk has done what all desks were asked, or (NULL) is gone. */
void desk_has_answered(struct agent *agent, unsigned node,
                       const struct popcorn_message *answer);

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

/* thread.c */
/* Home: the thread of a message, or NULL. */
struct agent_thread *thread_of(struct agent *agent,
                               const struct popcorn_message *header);
void thread_starts(struct agent *agent, unsigned thread, long id,
                   uint64_t control_bytes);
void thread_ends(struct agent *agent, unsigned thread);
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

/* member.c: the remote member. */
int member_start(struct agent *agent);
/* SIGKILL, also where seccomp filters pidfd_send_signal. 0 or -errno. */
int member_kill(struct agent *agent);
int member_stop(struct agent *agent); /* kills; returns its wait status */
int member_adopt(struct agent *agent); /* home: it is popcorn run's process */

/* awake.c: from begin to end the agent does not sleep. */
void awake_begin(struct agent *agent);
void awake_before_waking(struct agent *agent); /* a thread of this node */
/* A thread of this node needs the processor. */
int awake_in_the_way(const struct agent *agent);
void awake_end(struct agent *agent);

/* clock.c: home's clocks, on messages to and from home. */
void clock_stamp(const struct agent *agent, unsigned node,
                 struct popcorn_message *header);
void clock_follow(struct agent *agent, const struct popcorn_message *header);
/* CLOCK_MONOTONIC of home's machine, as the members see it. */
uint64_t clock_home_ns(const struct agent *agent);

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

/* control.c */
/* When the program is ready: who finds the socket finds its threads. */
void control_open(struct agent *agent);
void control_accept(struct agent *agent);
void control_read(struct agent *agent, unsigned index);
void control_close(struct agent *agent);

/* stats.c */
void stats_sample(struct agent *agent, enum sample_kind kind, uint64_t ns);
/* The wait of a thread on this node for a migration point: from the poll word
 * (called just before it is written) to a departure. */
void stats_point_wanted(struct agent *agent, unsigned thread);
void stats_point_reached(struct agent *agent,
                         const struct popcorn_message *depart);
void stats_print(const struct agent *agent);

/* trace.c */
int trace_open(struct agent *agent);
void trace_span(struct agent *agent, unsigned node, unsigned track,
                const char *name, uint64_t from_ns, uint64_t to_ns,
                const char *arguments);
void trace_instant(struct agent *agent, unsigned node, unsigned track,
                   const char *name, const char *arguments);
void trace_close(struct agent *agent);
/* The track of a thread's runs. */
unsigned trace_thread_track(unsigned thread);
void trace_name_thread(struct agent *agent, unsigned thread);

enum trace_track { TRACE_THREAD = 1, TRACE_MOVES, TRACE_PAGES, TRACE_CALLS };

#endif
