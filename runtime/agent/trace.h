/* What --trace writes. */
#ifndef POPCORN_AGENT_TRACE_H
#define POPCORN_AGENT_TRACE_H

#include <stddef.h>
#include <stdint.h>

struct agent;

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
