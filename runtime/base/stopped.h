/* Processes that are stopped: what the members, the guard and the agents that
 * watch for them share.  The rule: docs/dsm.md, "A process that is stopped". */
#ifndef POPCORN_BASE_STOPPED_H
#define POPCORN_BASE_STOPPED_H

#include <stdint.h>

#define POPCORN_LOOK_MS 2000
#define POPCORN_STOPPED_SAY 3 /* looks, one after the other */
#define POPCORN_STOPPED_LIMIT 30

enum stopped_verdict { STOPPED_NOTHING, STOPPED_SAY, STOPPED_TOO_LONG };

/* A look at a process: `*looks` is its count. */
static inline enum stopped_verdict stopped_look(uint32_t *looks, int is_stopped)
{
    *looks = is_stopped ? *looks + 1 : 0;
    return *looks == POPCORN_STOPPED_SAY     ? STOPPED_SAY
           : *looks == POPCORN_STOPPED_LIMIT ? STOPPED_TOO_LONG
                                             : STOPPED_NOTHING;
}

/* The state in /proc/PID/stat: what follows the name in parentheses, which may
 * hold any character. '\0': there is none. */
static inline char stopped_state(const char *stat, uint64_t size_bytes)
{
    for (uint64_t i = size_bytes; i-- > 0;) {
        if (stat[i] == ')') {
            return i + 2 < size_bytes ? stat[i + 2] : '\0';
        }
    }
    return '\0';
}

/* What is said of home's agent, before its process id. */
#define POPCORN_AGENT_STOPPED_TEXT                                             \
    "the agent of this node is stopped and holds up the program; after 60 s "  \
    "it counts as ended: process "
_Static_assert(POPCORN_LOOK_MS *POPCORN_STOPPED_LIMIT == 60000, "as it says");

/* Whether an agent whose looks are counted up in the node page may be stopped:
 * not before two looks here have found the same count. */
struct stopped_beats {
    uint32_t last, same;
};

static inline int stopped_may_be(struct stopped_beats *beats, uint32_t now)
{
    beats->same = now == beats->last ? beats->same + 1 : 0;
    beats->last = now;
    return beats->same >= 2;
}

#endif
