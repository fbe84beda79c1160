/* What dsm wants of its user, the agent: the only way out of this room. */
#ifndef POPCORN_DSM_PORTS_H
#define POPCORN_DSM_PORTS_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/dsm/page_arguments.h"
#include "runtime/message/message.h"

struct dsm_ports {
    void *context;
    /* The thread that the member runs as kernel thread `id`; POPCORN_DESK:
     * none of the program's. */
    unsigned (*thread_of)(void *context, uint32_t id);
    /* To another node. */
    void (*send)(void *context, unsigned node,
                 const struct popcorn_message *header, const void *payload,
                 size_t payload_bytes);
    /* Memory is lost, or this node's cannot be served any more: the program
     * cannot go on. */
    void (*lost)(void *context, const char *why);

    /* --- home only --- */
    uint64_t (*now_us)(void); /* a clock that does not jump */
    /* May copies be kept of what `thread` pushes to `node` ahead of its move
     * (dsm_move_ends)? Not if another thread can be there. */
    int (*keeps_copy)(void *context, unsigned thread, unsigned node);
    /* A run of pages has been granted to `node`. */
    void (*granted)(void *context, unsigned node, uint64_t address,
                    uint32_t count, enum page_reply_kind kind, int pushed);
    /* dsm_drop() is done. */
    void (*range_dropped)(void *context, uint64_t start, uint64_t end);
    /* dsm_recall() is, or dsm_freeze(). */
    void (*recalled)(void *context, int frozen);
};

#endif
