/* Shared by the directory's files:
 *
 *   directory.c                what is asked of it, and what it is answered
 *     directory_push.c           ... what comes without being asked for
 *     directory_transactions.c   transactions begin and end; recalls
 *       directory_drop.c         ... those that drop a range
 *       migratory.c hold.c journal.c
 *       directory_pages.c        entries, questions, answers
 *   directory_nodes.c            nodes that end, and all that is on one
 */
#ifndef POPCORN_DSM_DIRECTORY_PRIVATE_H
#define POPCORN_DSM_DIRECTORY_PRIVATE_H

#include "runtime/dsm/directory.h"
#include "runtime/dsm/transaction.h"

struct page_entry {
    struct node_set holders;
    uint8_t known : 1; /* 0: never seen, exclusive at home */
    uint8_t exclusive : 1;
    uint8_t migratory : 1; /* read then written by each node in turn */
    uint8_t held : 1;      /* the exclusive holder keeps it for HOLD_US */
    uint8_t journaled : 1; /* as it was pushed, for all the directory knows */
    uint8_t given;         /* times it was given away at a read, unproven */
    uint8_t gifts;         /* that many before a trial (migratory.c) */
    uint16_t last_reader;  /* plus 1; the last to be granted a shared copy */
    uint16_t robbed;       /* plus 1; lost it in its first HOLD_US; 0: none */
    uint32_t taken;        /* times a writer took it from other nodes */
    uint32_t granted_us;   /* to the exclusive holder; low half */
};

/* Calls visit for each run of known pages in [first, end) with equal holders. */
void directory_each_run(struct directory *directory, uint64_t first,
                        uint64_t end, uint64_t max_run,
                        void (*visit)(struct directory *, uint64_t first,
                                      uint64_t count, struct page_entry entry,
                                      void *context),
                        void *context);
struct page_entry directory_entry(const struct directory *directory,
                                  uint64_t index);
/* To be changed. */
struct page_entry *directory_entry_of(struct directory *directory,
                                      uint64_t index);
/* The holder whose copy is sent: home if it has one, it needs no network. */
unsigned directory_source(const struct directory *directory,
                          struct node_set holders);
/* Grants a run to a node, with a PAGE_REPLY. */
void directory_reply(struct directory *directory, unsigned node,
                     uint64_t request, uint64_t first, uint64_t count,
                     enum page_grant grant, enum page_reply_kind kind,
                     const void *bytes, int pushed);

/* migratory.c: whether a read gives the page away, and what is learned of the
 * pages when t ends, before their holders change. */
void directory_consider_gift(struct directory *directory,
                             const struct page_entry *entry,
                             struct transaction *t);
void directory_learn(struct page_entry *entry, const struct transaction *t);

/* hold.c: a page stays with who asked for it until it can have been used. */
int directory_is_held(struct directory *directory,
                      const struct page_entry *entry,
                      const struct transaction *t);
/* The holders of a page are about to become what t makes them. */
void directory_note_holders(struct page_entry *entry,
                            const struct transaction *t, uint32_t now_us);

/* directory_push.c: a PAGE_INVALIDATED nobody asked for. -EPROTO: the pages were
 * not the node's to give. */
int directory_take_push(struct directory *directory, unsigned node,
                        uint64_t first, const struct popcorn_message *header,
                        const uint8_t *bytes);

/* journal.c: copies of a run that `thread` pushed to `node`. */
void directory_journal(struct directory *directory, unsigned thread,
                       unsigned node, uint64_t first, uint64_t count,
                       enum page_reply_kind kind, const uint8_t *bytes);
void directory_journal_close(struct directory *directory);
/* Gives the journal's pages that `node` still holds back to home. */
void directory_restore(struct directory *directory, unsigned node);

#endif
