/* Messages: agent to agent (TCP or a socket pair) and member to its agent (a
 * socket pair).  One framing for both; docs/formats.md lists each type.
 *
 * A message is struct popcorn_message followed by `length` payload bytes, on a
 * reliable byte stream.  Little-endian.  A reader that sees a bad magic, an
 * unknown type or a length over POPCORN_MESSAGE_MAX closes the connection; so
 * does an agent that is not sent such a message by whoever sent it, or finds a
 * thread or node in it that is not there (runtime/agent/admission.def).
 */
#ifndef POPCORN_MESSAGE_MESSAGE_H
#define POPCORN_MESSAGE_MESSAGE_H

#include <stdint.h>

#include "runtime/base/limits.h"

#define POPCORN_MESSAGE_MAGIC 0x314d4350u /* "PCM1" */
#define POPCORN_MESSAGE_MAX (256u << 20)
#define POPCORN_STAMP 5 /* argument: the sender's clock (HEARTBEAT) */

/* What the arguments of a message are: X(shape, names in order). */
#define POPCORN_SHAPES(X)                                                      \
    X(none, unused)                                                            \
    X(ready, pid, uffd_errno, data_start, data_end, high_water)                \
    X(move, capture_ns, frames, high_water, reason, moves, when_ns)            \
    X(resumed, rebuild_ns, frames, bytes, total_ns)                            \
    X(refused, reason, thread)                                                 \
    X(call, stays)                                                             \
    X(reply, result, high_water, come_home, not_done)                          \
    X(signal, bits)                                                            \
    X(arena, high_water)                                                       \
    X(range, start, end, protection, high_water)                               \
    X(end, status)                                                             \
    X(open, thread, control_bytes, kernel_id)                                  \
    X(propose, kernel_id, node)                                                \
    X(proposed, result)                                                        \
    X(hello, protocol_version, node, pid)                                      \
    X(page_request, address, access, count)                                    \
    X(page_reply, address, grant, kind, count)                                 \
    X(page_demand, address, want_data, count)                                  \
    X(page_given, address, had, count, target)                                 \
    X(move_request, node)                                                      \
    X(stats, point_wait_ns)                                                    \
    X(clock, to_realtime, to_boottime)                                         \
    X(cpu_time, user_ns, system_ns, thread_plus_1)                             \
    X(stopped, pid)

struct popcorn_message {
    uint32_t magic;
    uint16_t type; /* enum popcorn_message_type */
    uint16_t source_node;
    uint16_t target_node;
    uint16_t thread;  /* whose; POPCORN_DESK: the member as a whole */
    uint32_t length;  /* payload bytes that follow */
    uint64_t request; /* chosen by the requester, echoed in the reply */
    union {
        uint64_t arg[6];
#define X(shape, ...)                                                          \
    struct {                                                                   \
        uint64_t __VA_ARGS__;                                                  \
    } shape;
        POPCORN_SHAPES(X)
#undef X
    };
};

_Static_assert(sizeof(struct popcorn_message) == 72, "message is fixed");

/* What may follow a message; decode.c refuses any other length. */
enum popcorn_payload {
    POPCORN_PAYLOAD_NONE,
    POPCORN_PAYLOAD_PTS,     /* a portable thread state */
    POPCORN_PAYLOAD_TEXT,    /* at most 4 KiB */
    POPCORN_PAYLOAD_SYSCALL, /* number and six arguments, 64 bits each */
    POPCORN_PAYLOAD_HASHES,  /* program id and layout hash */
    POPCORN_PAYLOAD_PAGES    /* none, or `count` pages */
};

/* X(name, number, shape of its arguments, payload) */
#define POPCORN_MESSAGES(X)                                                     \
    /* --- member <-> agent --- */                                              \
    /* member is mapped and ready; pid in its own view, uffd_errno if it */     \
    /* could not make its userfaultfd (the program then stays here), */         \
    /* data_*: coherent .data/.bss, high_water: of the arena. A */              \
    /* userfaultfd is sent just before it, with one byte 'U' as carrier. */     \
    X(MEMBER_READY, 1, ready, NONE)                                             \
    /* member -> agent: thread leaves for target_node. high_water: of the */    \
    /* arena (address), reason: enum popcorn_depart_reason, moves: so far, */   \
    /* when_ns: of the departure, CLOCK_MONOTONIC. */                           \
    X(THREAD_DEPART, 2, move, PTS)                                              \
    /* agent -> member: a thread arrives (same arguments and payload) */        \
    X(THREAD_ARRIVE, 3, move, PTS)                                              \
    /* member -> agent, from the new node, after rebuild: bytes of the PTS, */  \
    /* total_ns since departure */                                              \
    X(THREAD_RESUMED, 4, resumed, NONE)                                         \
    /* the move cannot be done; thread goes on at its source. reason: enum */   \
    /* popcorn_decline; either direction, routed to the source member. From */  \
    /* the desk: no seat for thread */                                          \
    X(THREAD_REFUSED, 5, refused, TEXT)                                         \
    /* away member -> home member (routed by agents): delegated system */       \
    /* call; payload: int64 number, int64 args[6]. stays = 1: handlers that */  \
    /* are due wait, the thread cannot come home now */                         \
    X(SYSCALL, 6, call, SYSCALL)                                                \
    /* reply: high_water of the arena, come_home: pending signal bits that */   \
    /* have a handler (the thread comes home to run them), or why it must, */   \
    /* not_done = 1: the call was not carried out, do it at home */             \
    X(SYSCALL_REPLY, 7, reply, NONE)                                            \
    /* home member -> away member: signals with a handler are pending. The */   \
    /* away node's agent sets node_page.signals, then poll_word; it does not */ \
    /* pass the message on to its member */                                     \
    X(SIGNAL, 8, signal, NONE)                                                  \
    /* member -> agent: arena grew to high_water (address); agent registers */  \
    /* it with userfaultfd on this node and answers ARENA_GROWN_ACK */          \
    X(ARENA_GROWN, 9, arena, NONE)                                              \
    X(ARENA_GROWN_ACK, 10, arena, NONE)                                         \
    /* member -> agent: range left the program (munmap): drop its pages; */     \
    /* start and end only */                                                    \
    X(RANGE_DROP, 11, range, NONE)                                              \
    X(RANGE_DROP_ACK, 12, range, NONE)                                          \
    /* member -> agent: program ends; a wait status; answered by EXIT_ACK */    \
    /* once statistics are written */                                           \
    X(EXIT, 13, end, NONE)                                                      \
    X(EXIT_ACK, 14, none, NONE)                                                 \
    /* agent -> member: end at once. status is a wait status: exit code << */   \
    /* 8, or a signal number, which the member raises on itself with its */     \
    /* default action. The agent has said why */                                \
    X(DIE, 15, end, NONE)                                                       \
    /* member -> agent: bring every page home and stop sharing (before */       \
    /* fork); answered when done */                                             \
    X(RECALL_ALL, 16, none, NONE)                                               \
    X(RECALL_ALL_ACK, 17, none, NONE)                                           \
    /* member -> agent: a request could not be served now, for this reason */   \
    X(DECLINED, 18, refused, NONE)                                              \
    /* member -> agent, with SCM_RIGHTS: the agent's end of the stream of */    \
    /* thread's seat (POPCORN_DESK: of the desk). Home: the thread is new; */   \
    /* home's agent tells the others (no descriptor) */                         \
    X(THREAD_OPEN, 19, open, NONE)                                              \
    /* agent -> desk: make a seat for thread and answer THREAD_OPEN */          \
    X(THREAD_SEAT, 20, open, NONE)                                              \
    /* home member -> agent: this thread ends; answered by THREAD_END_ACK, */   \
    /* passed on to the seats it has elsewhere */                               \
    X(THREAD_END, 21, none, NONE)                                               \
    X(THREAD_END_ACK, 22, none, NONE)                                           \
    /* home member -> agent: move the thread with this kernel id to node */     \
    X(PROPOSE, 23, propose, NONE)                                               \
    X(PROPOSE_ACK, 24, proposed, NONE)                                          \
    /* as RECALL_ALL, but nothing is written until THAW */                      \
    X(FREEZE, 25, none, NONE)                                                   \
    X(FREEZE_ACK, 26, none, NONE)                                               \
    X(THAW, 27, none, NONE)                                                     \
    X(THAW_ACK, 28, none, NONE)                                                 \
    /* home member -> every desk: the range has this protection (mprotect) */   \
    X(RANGE_PROTECT, 29, range, NONE)                                           \
    X(RANGE_PROTECT_ACK, 30, range, NONE)                                       \
    /* --- agent <-> agent --- */                                               \
    X(HELLO, 32, hello, HASHES)                                                 \
    X(PAGE_REQUEST, 33, page_request, NONE) /* access: 0 read, 1 write */       \
    X(PAGE_REPLY, 34, page_reply,                                               \
      PAGES) /* enum page_grant, page_reply_kind */                             \
    X(PAGE_INVALIDATE, 35, page_demand, NONE)                                   \
    /* had: enum page_had. target: the node it is pushed to, unasked */         \
    X(PAGE_INVALIDATED, 36, page_given, PAGES)                                  \
    X(PAGE_DOWNGRADE, 37, page_demand, NONE) /* with contents, always */        \
    X(PAGE_DOWNGRADED, 38, page_given, PAGES)                                   \
    X(REQUEST_MOVE, 39, move_request, NONE) /* to the node the thread is on */  \
    /* to home, before the THREAD_DEPART of a request */                        \
    X(STATS, 40, stats, NONE)                                                   \
    X(SHUTDOWN, 42, end, TEXT)                                                  \
    /* between machines, every 2 s: what to add to CLOCK_MONOTONIC for */       \
    /* CLOCK_REALTIME and CLOCK_BOOTTIME. From home on another machine the */   \
    /* argument POPCORN_STAMP of this, PAGE_REPLY and SYSCALL_REPLY is its */   \
    /* CLOCK_MONOTONIC, ns */                                                   \
    X(HEARTBEAT, 43, clock, NONE)                                               \
    /* home member -> every desk: the processor time of its member */           \
    /* (thread_plus_1 0), or of a thread if it is there; home's agent */        \
    /* answers with sum or largest */                                           \
    X(CPU_TIME, 44, cpu_time, NONE)                                             \
    X(CPU_TIME_ACK, 45, cpu_time, NONE)                                         \
    /* node -> home: its member, process pid, is stopped; 0: it goes on */      \
    X(MEMBER_STOPPED, 46, stopped, NONE)

enum popcorn_message_type {
#define X(name, number, shape, payload) POPCORN_##name = number,
    POPCORN_MESSAGES(X)
#undef X
};

/* Why a thread leaves. Numbers are part of the protocol. */
enum popcorn_depart_reason {
    POPCORN_DEPART_REQUEST = 0, /* from outside: popcorn migrate, --place */
    POPCORN_DEPART_BOUNCE = 1,
    POPCORN_DEPART_CALL = 2,   /* home, for a system call that only it can do */
    POPCORN_DEPART_OWN = 3,    /* the program's own request */
    POPCORN_DEPART_SIGNALS = 4 /* home, to run signal handlers */
};

/* Why a move waits or was refused. Numbers are part of the protocol. */
#define POPCORN_DECLINES(X)                                                    \
    X(NONE, 0, "no refusal")                                                   \
    X(THREADS, 1, "the program has more than one thread")                      \
    X(NATIVE_FRAME, 2, "a native function or signal handler is on the stack")  \
    X(NO_CALL_SITE, 3, "a frame has no frame map on the target ISA")           \
    X(NO_SPACE, 4, "the control stack does not fit on the target")             \
    X(SHARED_FILE, 5, "the program maps a file MAP_SHARED")                    \
    X(NO_NODE, 6, "no such node")                                              \
    X(NODE_DIED, 7, "the node died during the move")                           \
    X(BAD_STATE, 8, "the portable thread state is corrupt")                    \
    X(CHILD, 9, "the process is a forked child")                               \
    X(SAME_NODE, 10, "the thread is already there")                            \
    X(PERMISSION, 11, "no permission for userfaultfd on this node")            \
    X(CPU_TIMER, 12, "the program has a timer or limit on processor time")     \
    X(EXECUTABLE, 13, "the program maps executable memory")

enum popcorn_decline {
#define X(name, number, text) POPCORN_DECLINE_##name = number,
    POPCORN_DECLINES(X)
#undef X
};

#endif
