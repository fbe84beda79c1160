/* Copies of the pages pushed ahead of a move, until the thread runs again.
 *
 * A push makes the target the only holder before the thread is there.  If the
 * target dies now, the thread goes on at its source, and these are the pages as
 * it left them: they go back to home, from where the source fetches them. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory_private.h"

struct journal_page {
    uint64_t index;
    unsigned node;  /* it was pushed to */
    uint8_t *bytes; /* NULL: zeros */
};

void directory_journal(struct directory *directory, unsigned node,
                       uint64_t first, uint64_t count,
                       enum page_reply_kind kind, const uint8_t *bytes)
{
    if (node == directory->home) {
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct journal_page page = {first + i, node, NULL};
        if (directory->journal_count == directory->journal_capacity) {
            unsigned capacity = directory->journal_capacity * 2 + 64;
            struct journal_page *larger =
                realloc(directory->journal, capacity * sizeof *larger);
            if (larger == NULL) {
                return; /* the push is made, only without a safety net */
            }
            directory->journal = larger;
            directory->journal_capacity = capacity;
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
    }
}

void directory_move_done(struct directory *directory)
{
    for (unsigned i = 0; i < directory->journal_count; i++) {
        free(directory->journal[i].bytes);
    }
    directory->journal_count = 0;
}

void directory_restore(struct directory *directory, unsigned node)
{
    for (unsigned i = 0; i < directory->journal_count; i++) {
        struct journal_page *page = &directory->journal[i];
        struct page_entry *entry =
            directory_entry_of(directory, page->index);
        if (page->node == node && entry->exclusive &&
            node_set_is(entry->holders, node)) {
            entry->holders = node_set_of(directory->home);
            directory_reply(directory, directory->home, 0, page->index, 1,
                            PAGE_AS_MODIFIED,
                            page->bytes != NULL ? PAGE_KIND_DATA
                                                : PAGE_KIND_ZERO,
                            page->bytes, 1);
        }
    }
    directory_move_done(directory);
}
