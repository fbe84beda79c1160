/* Between dsm.c (faults, messages), dsm_home.c, read_ahead.c (requests),
 * dsm_pages.c (grants, demands), working_set.c and push.c. */
#ifndef POPCORN_DSM_DSM_PRIVATE_H
#define POPCORN_DSM_DSM_PRIVATE_H

#include "runtime/dsm/directory.h"
#include "runtime/dsm/dsm.h"
#include "runtime/dsm/dsm_queue.h"
#include "runtime/dsm/node_memory.h"
#include "runtime/dsm/page_state.h"

#define DSM_PUSH_LIMIT 4096 /* pages remembered for pushes; under 2^16 */

#define DSM_READERS 16 /* that are told apart for read-ahead */

enum dsm_freeze { DSM_OPEN = 0, DSM_FREEZING, DSM_FROZEN };

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

struct dsm {
    unsigned node, home;
    int ready;  /* ranges and userfaultfd are known */
    int active; /* registered: faults are raised from now on */
    struct space space;
    uint64_t registered; /* end of what is registered of the arena */
    struct node_memory memory;
    struct page_table states;   /* one byte each, 0 is this node's default */
    struct directory directory; /* home only */
    struct dsm_ports ports;
    struct dsm_queue queue;
    struct dsm_queued *early; /* requests before home's member is ready */
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

/* dsm_states.c */
enum page_state dsm_default_state(const struct dsm *dsm);
enum page_state dsm_state(const struct dsm *dsm, uint64_t index);
void dsm_set_state(struct dsm *dsm, uint64_t index, enum page_state state);

/* read_ahead.c */
void dsm_request(struct dsm *dsm, unsigned thread, uint64_t index,
                 enum directory_access access, uint64_t count);
/* For a fault on a page that is not here, and what is likely to follow. */
void dsm_request_for_fault(struct dsm *dsm, unsigned thread, uint64_t index,
                           enum directory_access access);
/* A read fault on a page that has come meanwhile, or is asked for. */
void dsm_late_read_fault(struct dsm *dsm, unsigned thread, uint64_t index);
/* Pages have come. */
void dsm_ahead_landed(struct dsm *dsm, uint64_t index, uint64_t count);

/* dsm_pages.c */
int dsm_on_grant(struct dsm *dsm, uint64_t index,
                 const struct message_view *view);
int dsm_on_demand(struct dsm *dsm, uint64_t index,
                  const struct message_view *view);
/* To home: the answer, or push, with the contents in the buffer. */
void dsm_answer_contents(struct dsm *dsm, const struct popcorn_message *answer,
                         uint64_t index, uint64_t count);
int dsm_take(struct dsm *dsm, uint64_t index, uint64_t count,
             enum page_action action, int want_data, int writable);

/* working_set.c: `thread` took a page from this node; remembered if it is away. */
void dsm_remember_push(struct dsm *dsm, unsigned thread, uint64_t index);
/* `thread` asks for a page: it is not for another's push. */
void dsm_wanted_by(struct dsm *dsm, unsigned thread, uint64_t index);
/* The pages that can go with the thread, in order; their count. A turn of each is
 * over. */
unsigned dsm_pages_to_push(struct dsm *dsm, unsigned thread,
                           uint64_t pages[DSM_PUSH_LIMIT]);

#endif
