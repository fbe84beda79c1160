/* The node page: the one page a member and its agent both write.
 *
 * Node-local, at POPCORN_NODE_PAGE on every node.  In a program started
 * without `popcorn run` it is ordinary zeroed memory of the image; under
 * `popcorn run` the member maps the agent's memfd over it.  Instrumented code
 * reads only `poll_word`, which is why it is first.
 *
 * Every field is naturally aligned and fixed-width: members of different ISAs
 * and the agent share this definition.  Fields are accessed with __atomic
 * builtins (relaxed unless stated).
 */
#ifndef POPCORN_BASE_NODE_PAGE_H
#define POPCORN_BASE_NODE_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/layout.h"
#include "runtime/base/limits.h"

#define POPCORN_NODE_PAGE_MAGIC 0x344e4350u /* "PCN4" */

/* What the agent asks of one thread of the program. */
struct popcorn_thread_word {
    uint32_t request_node; /* where it is to go, plus 1; 0: nowhere.
                              Written before poll_word (release) */
    uint32_t signals;      /* non-zero: handlers are pending at home, go there;
                         written before poll_word (release) */
    uint32_t blocked;      /* may be waiting in the kernel, or for home; the
                         member's */
};

/* How the home member ends; the first to decide it does. */
enum popcorn_end {
    POPCORN_GOES_ON = 0,
    POPCORN_EXITS, /* of itself: losing pages no longer matters. Bits 8 to 15:
                      the status */
    POPCORN_IS_LOST
};

/* Why, if it is lost because its agent ended. */
#define POPCORN_AGENT_LOST_TEXT                                                \
    "the agent of this node ended; the program's thread or memory was on "     \
    "another node and is lost"

struct popcorn_node_page {
    uint32_t poll_word; /* non-zero: migration points take the slow path */
    uint32_t away;      /* non-zero: this node is not the program's home:
                               system calls are delegated */
    uint32_t magic;     /* POPCORN_NODE_PAGE_MAGIC once the agent owns it */
    uint32_t node_id;   /* this node */
    uint32_t home_id;   /* the program's home node */
    uint32_t node_count;
    uint64_t bounce_every; /* N of --bounce; 0: off. Each thread counts */
    uint64_t bounce_limit; /* M of --bounce-limit; 0: none. Each thread's */
    uint64_t bounce_each;  /* K of --bounce-each; 0: none. A point's */
    uint32_t flags;        /* POPCORN_FLAG_* */
    uint32_t has_clock;    /* on a machine with clocks of its own: what to */
    int64_t to_monotonic;  /* add, ns, to CLOCK_MONOTONIC here for home's */
    int64_t to_realtime;   /* and to that for home's other clocks */
    int64_t to_boottime;
    uint64_t monotonic_ns; /* the last time read here, as at home */
    uint32_t guarded;      /* home, under QEMU: what ends it without its help
                               (tools/uffd-preload/guard.c) */
    uint32_t departed;     /* home: pages may be on other nodes; a futex */
    uint32_t end;          /* home: enum popcorn_end */
    char isa[POPCORN_MAX_NODES][16]; /* ISA name of each node */
    struct popcorn_thread_word thread[POPCORN_MAX_THREADS];
    uint32_t agent_cpu;   /* the processor the agent runs on, plus 1; 0: it
                           sleeps. Written before poll_word (release) */
    int32_t agent_pid;    /* home: its agent's process, which counts up */
    uint32_t agent_beats; /* every look_ms */
    uint32_t look_ms;     /* 0: it has not begun */
    uint32_t gave_way; /* a thread let the agent have its processor: it is not
                           to spin; the member's */
    uint8_t lost[POPCORN_MAX_NODES]; /* home: 1: that node ended; the agent's */
};

_Static_assert(sizeof(struct popcorn_node_page) <= POPCORN_SEGMENT_ALIGN,
               "the node page is one segment");
_Static_assert(offsetof(struct popcorn_node_page, isa) == 100,
               "another layout: another POPCORN_NODE_PAGE_MAGIC");

#define POPCORN_MAX_BOUNCE_EACH 255 /* a byte counts them (move/poll.c) */

#define POPCORN_FLAG_STATS 1u  /* time each move */
#define POPCORN_FLAG_POISON 2u /* poison what no frame map describes */

#endif
