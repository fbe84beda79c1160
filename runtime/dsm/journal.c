/* Copies of the pages pushed ahead of a move, until the thread runs again.
 *
 * A push makes the target the only holder before the thread is there.  If the
 * target dies now, the thread goes on at its source, and these are the pages as
 * it left them: they go back to home, from where the source fetches them.
 *
 * Nobody else may have written them meanwhile.  On other nodes nobody can
 * without a transaction, which clears `journaled`; at the target nobody does as
 * long as no other thread is or comes there: then no copies are kept, and a
 * page that only the target had is lost with it. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory_private.h"

struct journal_page {
    uint64_t index;
    uint16_t node; /* it was pushed to */
    uint16_t thread;
    uint8_t *bytes; /* NULL: zeros */
};

static int has_room(struct directory *directory)
{
    unsigned capacity = directory->journal_capacity * 2 + 64;
    struct journal_page *larger;

    if (directory->journal_count < directory->journal_capacity) {
        return 1;
    }
    larger = realloc(directory->journal, capacity * sizeof *larger);
    if (larger == NULL) {
        return 0;
    }
    directory->journal = larger;
    directory->journal_capacity = capacity;
    return 1;
}

void directory_journal(struct directory *directory, unsigned thread,
                       unsigned node, uint64_t first, uint64_t count,
                       enum page_reply_kind kind, const uint8_t *bytes)
{
    if (node == directory->home ||
        !directory->ports->keeps_copy(directory->ports->context, thread,
                                      node)) {
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct journal_page page = {first + i, (uint16_t)node, (uint16_t)thread,
                                    NULL};
        if (!has_room(directory)) {
            return; /* the push is made, only without a safety net */
        }
        if (kind == PAGE_KIND_DATA) {
            page.bytes = malloc(POPCORN_PAGE_SIZE);
            if (page.bytes == NULL) {
                return;
            }
            memcpy(page.bytes, bytes + i * POPCORN_PAGE_SIZE,
                   POPCORN_PAGE_SIZE);
        }
        directory->journal[directory->journal_count++] = page;
        directory_entry_of(directory, page.index)->journaled = 1;
    }
}

/* Takes pages out of the journal: those of `thread`, if it is one, and those
 * that any but `not_of` pushed to `node`. */
static void strike_out(struct directory *directory, unsigned thread,
                       unsigned node, unsigned not_of)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < directory->journal_count; i++) {
        struct journal_page *page = &directory->journal[i];

        if (page->thread == thread ||
            (page->node == node && page->thread != not_of)) {
            free(page->bytes);
        } else {
            directory->journal[kept++] = *page;
        }
    }
    directory->journal_count = kept;
}

void directory_move_done(struct directory *directory, unsigned thread)
{
    strike_out(directory, thread, POPCORN_MAX_NODES, 0);
}

void directory_thread_comes(struct directory *directory, unsigned thread,
                            unsigned node)
{
    strike_out(directory, POPCORN_DESK, node, thread);
}

void directory_restore(struct directory *directory, unsigned node)
{
    for (unsigned i = 0; i < directory->journal_count; i++) {
        struct journal_page *page = &directory->journal[i];
        struct page_entry *entry = directory_entry_of(directory, page->index);
        if (page->node == node && entry->journaled &&
            node_set_is(entry->holders, node)) {
            entry->holders = node_set_of(directory->home);
            entry->journaled = 0;
            directory_reply(
                directory, directory->home, 0, page->index, 1, PAGE_AS_MODIFIED,
                page->bytes != NULL ? PAGE_KIND_DATA : PAGE_KIND_ZERO,
                page->bytes, 1);
        }
    }
    directory_thread_comes(directory, POPCORN_DESK, node);
}

void directory_journal_close(struct directory *directory)
{
    for (unsigned i = 0; i < directory->journal_count; i++) {
        free(directory->journal[i].bytes);
    }
    free(directory->journal);
}
