/* The contents of a range go, on every node. */
#include <string.h>

#include "runtime/dsm/directory_private.h"

static void drop_run(struct directory *directory, uint64_t first,
                     uint64_t count, struct page_entry entry, void *context)
{
    struct node_set others = node_set_without(entry.holders, directory->home);

    for (unsigned node = node_set_next(others, 0); node < POPCORN_MAX_NODES;
         node = node_set_next(others, node + 1)) {
        directory_ask(directory, context, node, POPCORN_PAGE_INVALIDATE, first,
                      count, 0);
    }
}

void directory_start_drop(struct directory *directory, struct transaction *t)
{
    /* Held back until every message is posted: an answer from this very
     * process must not finish it half-way. */
    t->awaited++;
    directory_each_run(directory, t->first, t->first + t->count, SPACE_PAGES,
                       drop_run, t);
    t->awaited--;
}

static void forget_run(struct directory *directory, uint64_t first,
                       uint64_t count, struct page_entry entry, void *context)
{
    (void)entry;
    (void)context;
    for (uint64_t i = 0; i < count; i++) {
        struct page_entry *known =
            page_table_find(&directory->pages, first + i);
        memset(known, 0, sizeof *known);
    }
}

void directory_finish_drop(struct directory *directory, struct transaction *t)
{
    uint64_t start = space_address(directory->space, t->first);
    const struct popcorn_message done = {
        .type = POPCORN_RANGE_DROP_ACK,
        .range.start = start,
        .range.end = start + t->count * POPCORN_PAGE_SIZE};

    directory_each_run(directory, t->first, t->first + t->count, SPACE_PAGES,
                       forget_run, NULL);
    /* Behind the page messages that it must not overtake. */
    dsm_post(directory->queue, directory->home, &done, NULL, 0);
}
