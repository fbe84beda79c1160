/* What --stats prints. */
#ifndef POPCORN_AGENT_STATS_H
#define POPCORN_AGENT_STATS_H

#include <stdint.h>

#include "runtime/message/message.h"

struct agent;

/* Durations --stats gives quantiles of. */
enum sample_kind {
    SAMPLE_MOVE, /* departure to resumption */
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

/* stats.c */
void stats_sample(struct agent *agent, enum sample_kind kind, uint64_t ns);
/* The wait of a thread on this node for a migration point: from the poll word
 * (called just before it is written) to a departure. */
void stats_point_wanted(struct agent *agent, unsigned thread);
void stats_point_reached(struct agent *agent,
                         const struct popcorn_message *depart);
void stats_print(const struct agent *agent);

#endif
