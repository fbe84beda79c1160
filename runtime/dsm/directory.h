/* The directory: which nodes hold each page of coherent memory.
 *
 * Lives in the home node's agent.  Every change of holders is a transaction
 * over a run of pages with equal holders; transactions on disjoint pages
 * proceed side by side, one that meets an active one waits its turn.
 *
 * Invariants (docs/dsm.md has the argument):
 *   1. An exclusive page has one holder; a page never seen is exclusive at home.
 *   2. Pages change holders only inside a transaction, or by a push from their
 *      exclusive holder.
 *   3. Messages between home and a node keep their order, so what a node
 *      believes is what the directory believed some messages ago, and every
 *      answer is decided by what the directory believes now.
 */
#ifndef POPCORN_DSM_DIRECTORY_H
#define POPCORN_DSM_DIRECTORY_H

#include "runtime/dsm/dsm.h"
#include "runtime/dsm/dsm_queue.h"
#include "runtime/dsm/node_set.h"
#include "runtime/dsm/space.h"

struct transaction;
struct journal_page;

struct directory {
    unsigned home;
    const struct space *space;
    struct dsm_queue *queue;       /* the way to all nodes, home too */
    const struct dsm_ports *ports; /* the queue's */
    struct page_table pages;
    struct transaction *active;
    struct transaction *waiting;
    uint64_t next_id;
    uint32_t recalling; /* recall transactions under way */
    int recall_wanted;
    uint64_t recall_next;         /* pages before it have been looked at */
    struct node_set up;           /* nodes that can hold pages */
    int lost;                     /* memory is: nothing begins any more */
    struct journal_page *journal; /* pages pushed ahead of moves */
    unsigned journal_count, journal_capacity;
    uint64_t wake_us;       /* when directory_wake() is due; 0: not */
    struct dsm_stats stats; /* without what dsm_stats() adds */
};

void directory_open(struct directory *directory, unsigned home,
                    unsigned node_count, const struct space *space,
                    struct dsm_queue *queue);
void directory_close(struct directory *directory);

/* PAGE_REQUEST: a node asks for pages; the first is answered for sure, the others
 * if they come with it. -EPROTO: outside coherent memory. */
int directory_request(struct directory *directory, unsigned node,
                      const struct popcorn_message *header);

/* Requests that waited for a page's holder to have its time. */
void directory_wake(struct directory *directory);

/* PAGE_INVALIDATED or PAGE_DOWNGRADED from a node; request 0: a push.
 * -EPROTO with a reason. */
int directory_answer(struct directory *directory, unsigned node,
                     const struct message_view *view, char *reason,
                     size_t reason_bytes);

/* Forgets [start, end); RANGE_DROP_ACK to home when no node has any of it. */
void directory_drop(struct directory *directory, uint64_t start, uint64_t end);
/* Makes every page exclusive at home; RECALL_ALL_ACK to home when done. */
void directory_recall(struct directory *directory);
/* A node is gone: its shared copies are forgotten. Returns the number of pages
 * of which it had the only copy; ports.lost() is not called. */
uint64_t directory_node_down(struct directory *directory, unsigned node);
/* The thread has arrived where it went: what was pushed ahead of it is part of
 * that node's state now. Until then a copy is kept, so that a node that dies
 * in the middle of a move takes nothing with it. */
void directory_move_done(struct directory *directory, unsigned thread);
/* A thread comes to the node: copies of what others pushed there are old as
 * soon as it writes. */
void directory_thread_comes(struct directory *directory, unsigned thread,
                            unsigned node);
/* As dsm_contended(). */
unsigned directory_contended(const struct directory *directory,
                             struct dsm_contended *worst, unsigned limit);
/* Pages whose exclusive holder is `node`. */
uint64_t directory_pages_away(const struct directory *directory, unsigned node);

#endif
