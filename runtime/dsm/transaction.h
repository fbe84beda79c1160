/* A transaction: a run of pages on its way from those that hold it to the node
 * that asks, or out of the program. It waits until no other has any of them,
 * asks the holders, and ends with their last answer. */
#ifndef POPCORN_DSM_TRANSACTION_H
#define POPCORN_DSM_TRANSACTION_H

#include "runtime/dsm/directory.h"

struct transaction {
    struct transaction *next;
    uint64_t id;
    uint64_t first, count; /* pages */
    unsigned requester;
    unsigned thread; /* that asks; POPCORN_DESK: none */
    enum directory_access access;
    uint64_t request; /* requester's own number */
    int recall;       /* part of a recall */
    int upgrade;      /* requester has the contents */
    int gift;         /* a read of a migratory page: nobody else keeps it */
    int trial;        /* gift, but to be read only (migratory.c) */
    uint64_t awaited; /* answers, in pages */
    uint32_t awaited_from[POPCORN_MAX_NODES];
    uint8_t *data; /* count pages, made on first use */
    int borrowed;  /* data is the payload of the answer that ends it */
    uint64_t has_data, has_zero;
};

/* directory_pages.c: what all kinds are made of */
struct transaction *directory_transaction(struct directory *directory,
                                          unsigned requester,
                                          enum directory_access access,
                                          uint64_t first, uint64_t count);
void directory_free_transaction(struct transaction *t);
/* Asks a holder for a part of t's pages. */
void directory_ask(struct directory *directory, struct transaction *t,
                   unsigned node, uint16_t type, uint64_t first, uint64_t count,
                   uint64_t want_data);
int directory_overlaps(const struct transaction *t, uint64_t first,
                       uint64_t count);
/* Keeps contents that came for pages of t. */
void directory_keep(struct transaction *t, uint64_t index, uint64_t count,
                    enum page_had had, const uint8_t *bytes);

/* directory_transactions.c: begins it, or lets it wait. */
void directory_submit(struct directory *directory, struct transaction *new);
/* Ends it: answers the requester, starts what waited. */
void directory_finish(struct directory *directory, struct transaction *t);

/* directory_drop.c */
void directory_start_drop(struct directory *directory, struct transaction *t);
void directory_finish_drop(struct directory *directory, struct transaction *t);

#endif
