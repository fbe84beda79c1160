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
#ifndef POPCORN_MIGRATE_NODE_PAGE_H
#define POPCORN_MIGRATE_NODE_PAGE_H

#include <stdint.h>

#define POPCORN_NODE_PAGE_MAGIC 0x314e4350u /* "PCN1" */
#define POPCORN_MAX_NODES 64

struct popcorn_node_page {
    uint32_t poll_word;     /* non-zero: migration points take the slow path */
    uint32_t away;          /* non-zero: this node is not the thread's home:
                               system calls are delegated */
    uint32_t magic;         /* POPCORN_NODE_PAGE_MAGIC once the agent owns it */
    uint32_t node_id;       /* this node */
    uint32_t home_id;       /* the program's home node */
    uint32_t node_count;
    uint32_t request_node;  /* where a request asks the thread to go, plus 1;
                               0: none.  Written by the agent, before
                               poll_word (release); POPCORN_REQUEST_END: a
                               DIE message waits for the home member */
    uint32_t declined;      /* last reason a request waits: enum
                               popcorn_decline (thread_status.h) */
    uint64_t bounce_every;  /* N of --bounce; 0: off */
    uint64_t bounce_limit;  /* M of --bounce-limit; 0: none */
    uint64_t points_passed; /* slow-path entries counted towards --bounce */
    uint64_t moves;         /* completed moves of the thread, kept by the
                               member; travels in the PTS message */
    uint32_t flags;         /* POPCORN_FLAG_* */
    uint32_t signals; /* non-zero: handlers are pending at home, go there;
                         written by the agent, before poll_word (release) */
    char isa[POPCORN_MAX_NODES][16]; /* ISA name of each node */
};

#define POPCORN_REQUEST_END 0xffffffffu

#define POPCORN_FLAG_STATS 1u  /* time each move */
#define POPCORN_FLAG_POISON 2u /* poison what no frame map describes */

#endif
