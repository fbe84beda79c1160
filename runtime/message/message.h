/* Messages: agent to agent (TCP or a socket pair) and member to its agent (a
 * socket pair).  One framing for both; messages.def has a row for each type,
 * docs/formats.md how they are used.  May use runtime/base and runtime/stack.
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
#define SHAPE(shape, ...)                                                      \
    struct {                                                                   \
        uint64_t __VA_ARGS__;                                                  \
    } shape;
#include "runtime/message/messages.def"
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

enum popcorn_message_type {
#define MESSAGE(name, number, shape, payload) POPCORN_##name = number,
#include "runtime/message/messages.def"
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
