/* Fault points: the steps of the protocol, by name, at which a test can end an
 * agent, its member or its connections.
 *
 * POPCORN_FAULT in the environment of `popcorn run` is a list, by commas, of
 *
 *     POINT:before|after:ACTION[:NTH]      or      note      or      tick=MS
 *
 * POINT is AT.FROM.STEP, e.g. NODE.HOME.PAGE_REPLY: an agent that is not home's
 * takes a PAGE_REPLY of home's agent; AGENT stands for the agent itself.
 * `before`: nothing is done yet; `after`: it is handled, and what it caused has
 * been handed to the kernel.  ACTION, the NTH (1) time the point is reached:
 *     kill    SIGKILL to the agent
 *     member  SIGKILL to its member
 *     stop    SIGSTOP to its member
 *     cut     its connections to other agents end, both ways
 * `note` has every agent say which points it reaches.  `tick=MS` has agents look
 * for stopped processes, and send heartbeats, in other than every 2000 ms.
 * Source: docs/dsm.md, "Fault points". */
#ifndef POPCORN_AGENT_FAULT_POINT_H
#define POPCORN_AGENT_FAULT_POINT_H

#include <stdint.h>
#include <stdio.h>

struct agent;

/* Messages have theirs by admission.def. Other steps: X(AT, STEP) */
#define FAULT_STEPS(X)                                                         \
    X(HOME, START)      /* it has its configuration; it has set up all */      \
    X(HOME, PAGE_FAULT) /* of its member */                                    \
    X(HOME, DIE)        /* its member is told to end the program */            \
    X(NODE, START)                                                             \
    X(NODE, PAGE_FAULT)

enum fault_point {
#define ADMIT(at, from, type, of, first, second) FAULT_##at##_##from##_##type,
#include "runtime/agent/admission.def"
#undef ADMIT
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
    enum { FAULT_KILL, FAULT_MEMBER, FAULT_CUT, FAULT_STOP } action;
    unsigned nth;
};

struct fault_state {
    unsigned plans; /* 0: nothing is planned */
    int note;
    unsigned tick_ms; /* 0: as usual */
    struct fault_plan plan[FAULT_PLANS];
    uint32_t reached[FAULT_POINTS][2]; /* by enum fault_when */
};

/* 0, or -EINVAL with the bad part in `bad`. */
int fault_parse(const char *text, struct fault_state *state, char bad[64]);
unsigned fault_tick_ms(const struct fault_state *state, unsigned usual_ms);
/* The names, one a line. */
void fault_list(FILE *file);

/* What agents do at each step. With nothing planned: one comparison. */
void fault_reached(struct agent *agent, enum fault_point point,
                   enum fault_when when);
void fault_message(struct agent *agent, enum fault_from from, uint16_t type,
                   enum fault_when when);

#endif
