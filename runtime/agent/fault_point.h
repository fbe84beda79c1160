/* Fault points: the steps of the protocol, by name, at which a test can end an
 * agent, its member or its connections.
 *
 * POPCORN_FAULT in the environment of `popcorn run` is a list, by commas, of
 *
 *     POINT:before|after:ACTION[:NTH]      or      note
 *
 * POINT is AT.FROM.STEP, e.g. NODE.HOME.PAGE_REPLY: an agent that is not home's
 * takes a PAGE_REPLY of home's agent; AGENT stands for the agent itself.
 * `before`: nothing is done yet; `after`: it is handled, and what it caused has
 * been handed to the kernel.  ACTION, the NTH (1) time the point is reached:
 *     kill    SIGKILL to the agent
 *     member  SIGKILL to its member
 *     cut     its connections to other agents end, both ways
 * `note` has every agent say which points it reaches; also messages for which
 * there is no point, which is a mistake in the table below.
 * Source: docs/dsm.md, "Fault points". */
#ifndef POPCORN_AGENT_FAULT_POINT_H
#define POPCORN_AGENT_FAULT_POINT_H

#include <stdint.h>
#include <stdio.h>

struct agent;

/* Messages an agent takes: X(AT, FROM, TYPE) */
#define FAULT_MESSAGES(X)                                                      \
    X(HOME, MEMBER, MEMBER_READY)                                              \
    X(HOME, MEMBER, THREAD_DEPART)                                             \
    X(HOME, MEMBER, THREAD_RESUMED)                                            \
    X(HOME, MEMBER, THREAD_REFUSED)                                            \
    X(HOME, MEMBER, THREAD_OPEN)                                               \
    X(HOME, MEMBER, THREAD_END)                                                \
    X(HOME, MEMBER, SYSCALL_REPLY)                                             \
    X(HOME, MEMBER, SIGNAL)                                                    \
    X(HOME, MEMBER, DECLINED)                                                  \
    X(HOME, MEMBER, PROPOSE)                                                   \
    X(HOME, MEMBER, ARENA_GROWN)                                               \
    X(HOME, MEMBER, RANGE_DROP)                                                \
    X(HOME, MEMBER, RANGE_PROTECT)                                             \
    X(HOME, MEMBER, CPU_TIME)                                                  \
    X(HOME, MEMBER, RECALL_ALL)                                                \
    X(HOME, MEMBER, FREEZE)                                                    \
    X(HOME, MEMBER, THAW)                                                      \
    X(HOME, MEMBER, EXIT)                                                      \
    X(HOME, NODE, HELLO)                                                       \
    X(HOME, NODE, HEARTBEAT)                                                   \
    X(HOME, NODE, THREAD_DEPART)                                               \
    X(HOME, NODE, THREAD_RESUMED)                                              \
    X(HOME, NODE, THREAD_REFUSED)                                              \
    X(HOME, NODE, SYSCALL)                                                     \
    X(HOME, NODE, DECLINED)                                                    \
    X(HOME, NODE, ARENA_GROWN_ACK)                                             \
    X(HOME, NODE, RANGE_PROTECT_ACK)                                           \
    X(HOME, NODE, CPU_TIME_ACK)                                                \
    X(HOME, NODE, PAGE_REQUEST)                                                \
    X(HOME, NODE, PAGE_INVALIDATED)                                            \
    X(HOME, NODE, PAGE_DOWNGRADED)                                             \
    X(HOME, NODE, SHUTDOWN)                                                    \
    X(NODE, MEMBER, MEMBER_READY)                                              \
    X(NODE, MEMBER, THREAD_OPEN)                                               \
    X(NODE, MEMBER, THREAD_DEPART)                                             \
    X(NODE, MEMBER, THREAD_RESUMED)                                            \
    X(NODE, MEMBER, THREAD_REFUSED)                                            \
    X(NODE, MEMBER, SYSCALL)                                                   \
    X(NODE, MEMBER, DECLINED)                                                  \
    X(NODE, MEMBER, ARENA_GROWN)                                               \
    X(NODE, MEMBER, ARENA_GROWN_ACK)                                           \
    X(NODE, MEMBER, RANGE_PROTECT_ACK)                                         \
    X(NODE, MEMBER, CPU_TIME_ACK)                                              \
    X(NODE, HOME, HELLO)                                                       \
    X(NODE, HOME, HEARTBEAT)                                                   \
    X(NODE, HOME, THREAD_OPEN)                                                 \
    X(NODE, HOME, THREAD_DEPART)                                               \
    X(NODE, HOME, THREAD_REFUSED)                                              \
    X(NODE, HOME, THREAD_END)                                                  \
    X(NODE, HOME, REQUEST_MOVE)                                                \
    X(NODE, HOME, SIGNAL)                                                      \
    X(NODE, HOME, SYSCALL_REPLY)                                               \
    X(NODE, HOME, ARENA_GROWN)                                                 \
    X(NODE, HOME, RANGE_PROTECT)                                               \
    X(NODE, HOME, CPU_TIME)                                                    \
    X(NODE, HOME, PAGE_REPLY)                                                  \
    X(NODE, HOME, PAGE_INVALIDATE)                                             \
    X(NODE, HOME, PAGE_DOWNGRADE)                                              \
    X(NODE, HOME, SHUTDOWN)

/* Other steps: X(AT, STEP) */
#define FAULT_STEPS(X)                                                         \
    X(HOME, START)      /* it has its configuration; it has set up all */      \
    X(HOME, PAGE_FAULT) /* of its member */                                    \
    X(HOME, DIE)        /* its member is told to end the program */            \
    X(NODE, START)                                                             \
    X(NODE, PAGE_FAULT)

enum fault_point {
#define X(at, from, type) FAULT_##at##_##from##_##type,
    FAULT_MESSAGES(X)
#undef X
#define X(at, step) FAULT_##at##_AGENT_##step,
        FAULT_STEPS(X)
#undef X
            FAULT_POINTS
};

enum fault_when { FAULT_BEFORE, FAULT_AFTER };
enum fault_from { FAULT_FROM_MEMBER, FAULT_FROM_AGENT };

#define FAULT_PLANS 4

struct fault_plan {
    enum fault_point point;
    enum fault_when when;
    enum { FAULT_KILL, FAULT_MEMBER, FAULT_CUT } action;
    unsigned nth;
};

struct fault_state {
    unsigned plans; /* 0: nothing is planned */
    int note;
    struct fault_plan plan[FAULT_PLANS];
    uint32_t reached[FAULT_POINTS][2]; /* by enum fault_when */
};

/* 0, or -EINVAL with the bad part in `bad`. */
int fault_parse(const char *text, struct fault_state *state, char bad[64]);
/* The names, one a line. */
void fault_list(FILE *file);

/* What agents do at each step. With nothing planned: one comparison. */
void fault_reached(struct agent *agent, enum fault_point point,
                   enum fault_when when);
void fault_message(struct agent *agent, enum fault_from from, uint16_t type,
                   enum fault_when when);

#endif
