/* States of one page on one node, and what each event does to it.
 *
 * The directory (directory.h) decides who may hold a page; this is the node's
 * side: what the member can do with the page right now and what was asked for.
 * The table is the whole of it; dsm.c carries out the actions.
 *
 *                     read_fault            grant_shared
 *        INVALID ------------------> READ_PENDING ------------> SHARED
 *         |  ^ ^                                                 |  ^ |
 *  write_ |  | | invalidate                   write/protect_fault|  | | downgrade
 *  fault  |  | +---------------------------------------------+   |  | | (from
 *         v  | invalidate, push                              |   v  | | MODIFIED)
 *   WRITE_PENDING --grant_modified--> MODIFIED <--confirm-- UPGRADE_PENDING
 *         ^                                    _modified          |
 *         +---------------------- invalidate ---------------------+
 *
 * Every state also takes late faults (the fault was raised before the state
 * changed): they are woken and fault again if need be.  Grants may come without
 * having been asked for (read-ahead, push).  A cell that cannot happen is BUG:
 * the peer has broken the protocol and is cut off.
 */
#ifndef POPCORN_DSM_PAGE_STATE_H
#define POPCORN_DSM_PAGE_STATE_H

#include <stdint.h>

#define PAGE_STATES(X)                                                         \
    X(INVALID)         /* not here; memfd has a hole */                        \
    X(SHARED)          /* read-only copy, write-protected */                   \
    X(MODIFIED)        /* the only copy, writable; a hole reads as zeros */    \
    X(READ_PENDING)    /* invalid, a read was asked for */                     \
    X(WRITE_PENDING)   /* invalid, a write was asked for */                    \
    X(UPGRADE_PENDING) /* shared, a write was asked for */

#define PAGE_EVENTS(X)                                                         \
    X(READ_FAULT)       /* missing page, read */                               \
    X(WRITE_FAULT)      /* missing page, write */                              \
    X(PROTECT_FAULT)    /* write to a write-protected page */                  \
    X(GRANT_SHARED)     /* contents, to be held shared */                      \
    X(GRANT_MODIFIED)   /* contents, to be held modified */                    \
    X(CONFIRM_SHARED)   /* directory: you hold it already */                   \
    X(CONFIRM_MODIFIED) /* directory: yours alone now, no contents needed */   \
    X(INVALIDATE)       /* give it up */                                       \
    X(DOWNGRADE)        /* keep a read-only copy, send the contents */         \
    X(PUSH)             /* this node gives it away unasked */

#define PAGE_ACTIONS(X)                                                        \
    X(NOTHING)                                                                 \
    X(WAKE)                                                                    \
    X(FILL_ZERO)        /* hole: zero page; else wake */                       \
    X(FILL_ZERO_SHARED) /* the same, write-protected */                        \
    X(REQUEST_READ)                                                            \
    X(REQUEST_WRITE)                                                           \
    X(INSTALL_SHARED)                                                          \
    X(INSTALL_MODIFIED)                                                        \
    X(UNPROTECT)                                                               \
    X(GIVE_UP)      /* protect, read if wanted, punch */                       \
    X(PROTECT_READ) /* protect, read */                                        \
    X(READ_COPY)    /* read */                                                 \
    X(ANSWER_EMPTY) /* it was given away just before */                        \
    X(BUG)

enum page_state {
#define X(name) PAGE_##name,
    PAGE_STATES(X)
#undef X
        PAGE_STATE_COUNT
};

enum page_event {
#define X(name) PAGE_##name,
    PAGE_EVENTS(X)
#undef X
        PAGE_EVENT_COUNT
};

enum page_action {
#define X(name) PAGE_DO_##name,
    PAGE_ACTIONS(X)
#undef X
        PAGE_ACTION_COUNT
};

struct page_step {
    uint8_t next;   /* enum page_state */
    uint8_t action; /* enum page_action */
};

struct page_step page_step(enum page_state state, enum page_event event);

/* Asserts what every step must keep (the walk test calls it on each cell). */
void page_step_check(enum page_state state, enum page_event event,
                     struct page_step step);

const char *page_state_name(enum page_state state);
const char *page_event_name(enum page_event event);

#endif
