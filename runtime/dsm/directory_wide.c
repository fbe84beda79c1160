/* What concerns many pages at once: dropping a range, recalling everything, a
 * node that died. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory_private.h"

enum { RECALL_ENOUGH = 64 }; /* transactions, before the next leaf */

/* Calls visit for each run of known pages in [first, end) with equal holders. */
static void each_run(struct directory *directory, uint64_t first, uint64_t end,
                     uint64_t max_run,
                     void (*visit)(struct directory *, uint64_t first,
                                   uint64_t count, struct page_entry entry,
                                   void *context),
                     void *context)
{
    uint64_t index = first;

    while ((index = page_table_next(&directory->pages, index)) < end) {
        struct page_entry entry = directory_entry(directory, index);
        uint64_t next = index + 1;
        while (next < end && next - index < max_run &&
               next % PAGE_TABLE_LEAF != 0) {
            struct page_entry other = directory_entry(directory, next);
            if (!node_set_equal(other.holders, entry.holders) ||
                other.exclusive != entry.exclusive) {
                break;
            }
            next++;
        }
        visit(directory, index, next - index, entry, context);
        index = next;
    }
}

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
    each_run(directory, t->first, t->first + t->count, SPACE_PAGES, drop_run,
             t);
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
    each_run(directory, t->first, t->first + t->count, SPACE_PAGES, forget_run,
             NULL);
    directory->ports.dropped(
        directory->ports.context, space_address(directory->space, t->first),
        space_address(directory->space, t->first) +
            t->count * POPCORN_PAGE_SIZE);
}

void directory_drop(struct directory *directory, uint64_t start, uint64_t end)
{
    directory_submit(directory,
                     directory_transaction(
                         directory, directory->home, DIRECTORY_DROP,
                         space_index(directory->space, start),
                         (end - start) / POPCORN_PAGE_SIZE));
}

static void recall_run(struct directory *directory, uint64_t first,
                       uint64_t count, struct page_entry entry, void *context)
{
    struct transaction *t;

    (void)context;
    if (entry.exclusive && node_set_is(entry.holders, directory->home)) {
        return;
    }
    t = directory_transaction(directory, directory->home, DIRECTORY_WRITE,
                              first, count);
    t->recall = 1;
    directory->recalling++;
    directory_submit(directory, t);
}

/* Calls home what is away from recall_next on, leaf by leaf, until enough is
 * under way: what is active is searched for each request and answer. */
static void recall_more(struct directory *directory)
{
    directory->recalling++; /* answers in the loop must not re-enter */
    while (directory->recall_next < SPACE_PAGES &&
           directory->recalling < RECALL_ENOUGH) {
        uint64_t first =
            page_table_next(&directory->pages, directory->recall_next);
        uint64_t end = (first / PAGE_TABLE_LEAF + 1) * PAGE_TABLE_LEAF;

        if (first < SPACE_PAGES) {
            each_run(directory, first, end, DIRECTORY_MAX_RUN, recall_run,
                     NULL);
        }
        directory->recall_next = end;
    }
    directory->recalling--;
}

/* A run may have been cut short when it started, so look again until, at one
 * time, nothing is away and nothing is on its way. */
void directory_recall_progress(struct directory *directory)
{
    if (!directory->recall_wanted || directory->recalling != 0) {
        return;
    }
    if (directory->recall_next < SPACE_PAGES) {
        recall_more(directory);
    }
    if (directory->recalling != 0 || directory->active != NULL ||
        directory->waiting != NULL) {
        return;
    }
    directory->recall_next = 0;
    recall_more(directory);
    if (directory->recalling == 0) {
        directory->recall_wanted = 0;
        directory->ports.recalled(directory->ports.context);
    }
}

void directory_recall(struct directory *directory)
{
    directory->recall_wanted = 1;
    directory->recall_next = 0;
    directory_recall_progress(directory);
}

struct down {
    unsigned node;
    uint64_t lost;
};

static void leave_run(struct directory *directory, uint64_t first,
                      uint64_t count, struct page_entry entry, void *context)
{
    struct down *down = context;

    if (!node_set_has(entry.holders, down->node)) {
        return;
    }
    if (entry.exclusive) {
        down->lost += count;
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct page_entry *known =
            page_table_find(&directory->pages, first + i);
        known->holders = node_set_without(known->holders, down->node);
        if (node_set_is_empty(known->holders)) {
            down->lost++;
        }
    }
}

/* The node that was to send pages for a read has ended: each page is asked of
 * another holder. (A write has told the others to give theirs up already.) */
static void ask_again(struct directory *directory, struct transaction *t)
{
    if (t->access != DIRECTORY_READ || t->upgrade) {
        return;
    }
    for (uint64_t i = 0; i < t->count; i++) {
        struct node_set holders =
            directory_entry(directory, t->first + i).holders;
        if (((t->has_data | t->has_zero) >> i & 1) == 0 &&
            !node_set_is_empty(holders)) {
            directory_ask(directory, t, directory_source(directory, holders),
                          POPCORN_PAGE_DOWNGRADE, t->first + i, 1, 1);
        }
    }
}

uint64_t directory_node_down(struct directory *directory, unsigned node)
{
    struct down down = {node, 0};
    struct transaction *t = directory->active;

    directory->up = node_set_without(directory->up, node);
    directory_restore(directory, node);
    each_run(directory, 0, SPACE_PAGES, SPACE_PAGES, leave_run, &down);
    while (down.lost == 0 && t != NULL) {
        if (t->awaited_from[node] != 0) {
            t->awaited -= t->awaited_from[node];
            t->awaited_from[node] = 0;
            ask_again(directory, t);
            if (t->awaited == 0) {
                directory_finish(directory, t);
                t = directory->active; /* the list has changed: look anew */
                continue;
            }
        }
        t = t->next;
    }
    directory->lost |= down.lost != 0;
    return down.lost;
}

static void count_run(struct directory *directory, uint64_t first,
                      uint64_t count, struct page_entry entry, void *context)
{
    struct down *down = context;

    (void)directory;
    (void)first;
    if (entry.exclusive && node_set_is(entry.holders, down->node)) {
        down->lost += count;
    }
}

uint64_t directory_pages_away(const struct directory *directory, unsigned node)
{
    struct down down = {node, 0};

    each_run((struct directory *)directory, 0, SPACE_PAGES, SPACE_PAGES,
             count_run, &down);
    return down.lost;
}

unsigned directory_contended(const struct directory *directory,
                             struct directory_contended *worst, unsigned limit)
{
    unsigned count = 0;
    uint64_t index = 0;

    while ((index = page_table_next(&directory->pages, index)) < SPACE_PAGES) {
        uint32_t taken = directory_entry(directory, index).taken;
        unsigned at = count;

        while (at > 0 && worst[at - 1].taken < taken) {
            at--;
        }
        if (taken != 0 && at < limit) {
            count += count < limit;
            memmove(&worst[at + 1], &worst[at],
                    (count - at - 1) * sizeof *worst);
            worst[at].address = space_address(directory->space, index);
            worst[at].taken = taken;
        }
        index++;
    }
    return count;
}
