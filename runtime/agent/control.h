/* The control socket: `popcorn migrate`, `ps`, `nodes`. */
#ifndef POPCORN_AGENT_CONTROL_H
#define POPCORN_AGENT_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/limits.h"

struct agent;

#define AGENT_MAX_CLIENTS 16

struct client {
    int fd; /* -1: free */
    char line[128];
    size_t used;
    uint32_t target; /* node of a migrate that waits, or AGENT_NOWHERE */
    uint8_t waits[POPCORN_MAX_THREADS]; /* for these threads */
    unsigned moved;
    uint64_t reason, total_ns; /* last decline; longest move */
};

/* control.c */
/* When the program is ready: who finds the socket finds its threads. */
void control_open(struct agent *agent);
void control_accept(struct agent *agent);
void control_read(struct agent *agent, unsigned index);
void control_close(struct agent *agent);

#endif
