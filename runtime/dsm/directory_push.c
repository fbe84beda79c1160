/* Pushes, as the directory sees them: pages change from one exclusive holder to
 * another, unasked. */
#include <errno.h>

#include "runtime/dsm/directory_private.h"

/* A node gave one page away unasked. 1: to be handed on, 0: an active
 * transaction took it, -EPROTO: it was not its to give. */
static int take_pushed_page(struct directory *directory, unsigned node,
                            uint64_t index, unsigned target, enum page_had had,
                            const uint8_t *bytes)
{
    struct page_entry *entry = directory_entry_of(directory, index);

    if (!entry->exclusive || !node_set_is(entry->holders, node) ||
        had == PAGE_HAD_NONE) {
        return -EPROTO;
    }
    entry->journaled = 0;
    for (struct transaction *t = directory->active; t != NULL; t = t->next) {
        if (directory_overlaps(t, index, 1)) {
            directory_keep(t, index, 1, had, bytes);
            entry->holders = (struct node_set){{0}};
            return 0;
        }
    }
    entry->holders = node_set_of(target);
    entry->held = 0;
    return 1;
}

/* Contents of the i-th page of a push; NULL: there are none, it is zeros. */
static const uint8_t *contents_of(const uint8_t *bytes, enum page_had had,
                                  uint64_t i)
{
    return had == PAGE_HAD_DATA ? bytes + i * POPCORN_PAGE_SIZE : NULL;
}

int directory_take_push(struct directory *directory, unsigned node,
                        uint64_t first, const struct popcorn_message *header,
                        const uint8_t *bytes)
{
    enum page_had had = (enum page_had)header->page_given.had;
    enum page_reply_kind kind =
        had == PAGE_HAD_DATA ? PAGE_KIND_DATA : PAGE_KIND_ZERO;
    unsigned target = (unsigned)header->page_given.target;
    uint64_t count = header->page_given.count, run = 0;

    if (!node_set_has(directory->up, target)) {
        target = directory->home;
    }
    for (uint64_t i = 0; i <= count; i++) {
        const uint8_t *run_bytes = contents_of(bytes, had, i - run);
        int handed = 0;
        if (i < count) {
            handed = take_pushed_page(directory, node, first + i, target, had,
                                      contents_of(bytes, had, i));
        }
        if (handed < 0) {
            return -EPROTO;
        }
        if (handed == 0 && run != 0) {
            directory_journal(directory, header->thread, target,
                              first + i - run, run, kind, run_bytes);
            directory_reply(directory, target, 0, first + i - run, run,
                            PAGE_AS_MODIFIED, kind, run_bytes, 1);
        }
        run = handed == 0 ? 0 : run + 1;
    }
    return 0;
}
