/* Distributed shared memory of one node: faults in, messages in, pages moved.
 *
 * One per agent.  Single-threaded; the agent's loop calls it when the member's
 * userfaultfd is readable and when a page message arrives.  On the home node it
 * owns the directory too; home's own page traffic takes the same messages as
 * any node's, through a queue instead of a socket.
 */
#ifndef POPCORN_DSM_DSM_H
#define POPCORN_DSM_DSM_H

#include <linux/userfaultfd.h>

#include "runtime/dsm/directory.h"
#include "runtime/dsm/node_memory.h"
#include "runtime/dsm/page_state.h"

#define DSM_PUSH_LIMIT 4096 /* pages remembered for pushes; under 2^16 */

#define DSM_READERS 16 /* that are told apart for read-ahead */

struct dsm_hooks {
    void *context;
    /* The thread that the member runs as kernel thread `id`; POPCORN_DESK:
     * none of the program's. */
    unsigned (*thread_of)(void *context, uint32_t id);
    void (*send)(void *context, unsigned node,
                 const struct popcorn_message *header, const void *payload,
                 size_t payload_bytes);
    /* home only */
    int (*keeps_copy)(void *context, unsigned thread, unsigned node);
    void (*granted)(void *context, unsigned node, uint64_t address,
                    uint32_t count, enum page_reply_kind kind, int pushed);
    void (*range_dropped)(void *context, uint64_t start, uint64_t end);
    void (*recalled)(void *context); /* also: frozen */
    /* memory is lost or this node's cannot be served any more */
    void (*lost)(void *context, const char *why);
};

enum dsm_freeze { DSM_OPEN = 0, DSM_FREEZING, DSM_FROZEN };

/* Contents on their way out. Starts a page, as connection.c's buffers do. */
struct dsm_buffer {
    unsigned users; /* the dsm, and messages of its queue */
    uint8_t *bytes; /* DIRECTORY_MAX_RUN pages */
};

struct dsm_queued {
    struct dsm_queued *next;
    unsigned node; /* it came from */
    struct message_view view;
    struct dsm_buffer *buffer; /* the payload is in it, or NULL */
    uint8_t payload[];
};

/* A page to be pushed when its thread leaves (push.c). Entry 0 is not used. */
struct dsm_pushed {
    uint64_t index;
    uint16_t thread;
    uint16_t next, before; /* in the thread's list; 0: none */
    uint8_t turns;  /* departures before it is forgotten; 0: not in use */
    uint8_t shared; /* not to be pushed: other threads ask for it too */
};

/* Pages asked for ahead of the faults of one reader (read_ahead.c). */
struct dsm_ahead {
    uint64_t window; /* of the last run; 0: nothing was asked for yet */
    uint64_t end;    /* after the last page asked for */
    uint64_t landed; /* up to here they have come */
    uint64_t used;   /* the fault it was used for last, by number */
};

struct dsm_faults {
    unsigned count;
    struct uffd_msg event[16];
};

struct dsm {
    unsigned node, home;
    int ready;  /* ranges and userfaultfd are known */
    int active; /* registered: faults are raised from now on */
    struct space space;
    uint64_t registered; /* end of what is registered of the arena */
    struct node_memory memory;
    struct page_table states;   /* one byte each, 0 is this node's default */
    struct directory directory; /* home only */
    struct dsm_hooks hooks;
    struct dsm_queued *queue, **queue_end;
    struct dsm_queued *early; /* requests before home's member is ready */
    struct dsm_buffer *buffer;
    uint64_t next_request;
    struct dsm_ahead ahead[DSM_READERS];
    uint64_t faults; /* so far, that asked for pages */
    struct dsm_pushed push[DSM_PUSH_LIMIT];
    unsigned push_hand;           /* the entry reused next */
    struct page_table push_place; /* u16: where in push; 0: not there */
    uint16_t push_first[POPCORN_MAX_THREADS]; /* of each thread's list */
    uint8_t here[POPCORN_MAX_THREADS]; /* threads that are on this node */
    int frozen;                        /* home, enum dsm_freeze */
    struct dsm_queued *held;   /* home: requests that wait for the thaw */
    uint64_t local_zero_pages; /* home: filled without any message */
};

/* memfd: the node's, sized SPACE_FILE_BYTES; stays the caller's. */
int dsm_open(struct dsm *dsm, unsigned node, unsigned home, unsigned node_count,
             int memfd, const struct dsm_hooks *hooks);
void dsm_close(struct dsm *dsm);

/* The member told its ranges and gave its userfaultfd (now the DSM's). */
void dsm_member_ready(struct dsm *dsm, uint64_t shared_start,
                      uint64_t shared_end, uint64_t high_water, int userfault);
/* Registers everything mapped so far; nothing if done. -errno. */
int dsm_activate(struct dsm *dsm);
/* The arena ends at high_water now; registers it if active. -errno. */
int dsm_grow(struct dsm *dsm, uint64_t high_water);
/* Home: learns a higher high-water mark from a message passing through. */
void dsm_note_high_water(struct dsm *dsm, uint64_t high_water);

/* Takes faults that wait. 0: there is none now; -errno if the member's memory
 * is gone. */
int dsm_read_faults(struct dsm *dsm, struct dsm_faults *faults);
/* Serves them. -errno as above. */
int dsm_on_faults(struct dsm *dsm, const struct dsm_faults *faults);
/* A page message from `node`. -EPROTO with a reason. */
int dsm_on_message(struct dsm *dsm, unsigned node,
                   const struct message_view *view, char *reason,
                   size_t reason_bytes);
/* Home only: microseconds until dsm_wake() is due; UINT64_MAX: it is not. */
uint64_t dsm_wake_after_us(const struct dsm *dsm);
void dsm_wake(struct dsm *dsm);
/* Carries out what is queued; call after any of the functions above or below
 * that may have queued something. */
int dsm_run_queue(struct dsm *dsm);

/* A thread leaves for `target`: pages it is likely to touch go first. */
void dsm_thread_leaves(struct dsm *dsm, unsigned thread, unsigned target);
void dsm_thread_arrives(struct dsm *dsm, unsigned thread);
void dsm_thread_ends(struct dsm *dsm, unsigned thread);

/* Home only. Completion by hook, possibly before they return. */
void dsm_drop(struct dsm *dsm, uint64_t start, uint64_t end);
void dsm_recall(struct dsm *dsm);
/* Every page comes home, and until dsm_thaw() no node writes any: a consistent
 * copy can be made. hooks.recalled() when it is so. */
void dsm_freeze(struct dsm *dsm);
void dsm_thaw(struct dsm *dsm);

#endif
