/* Nodes and all their pages: one that has ended, what is away, what many want. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory_private.h"

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
    directory_each_run(directory, 0, SPACE_PAGES, SPACE_PAGES, leave_run,
                       &down);
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

    directory_each_run((struct directory *)directory, 0, SPACE_PAGES,
                       SPACE_PAGES, count_run, &down);
    return down.lost;
}

unsigned directory_contended(const struct directory *directory,
                             struct dsm_contended *worst, unsigned limit)
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
