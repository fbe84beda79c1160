/* Keeps a contended page with a node for a moment.
 *
 * A page that comes for a fault is used when the thread that waits for it has
 * been woken, and that can take longer than another node's next request takes
 * to come: then the page is gone again, unused, and the thread faults anew.  A
 * node that lost a page so soon after it was granted it is remembered, and if
 * it gets the page next, requests of others wait until HOLD_US have passed.
 *
 * To a node and to the protocol this is a request that came later. */
#include "runtime/dsm/directory_private.h"

enum { HOLD_US = 60 };

static int is_new(const struct page_entry *entry, uint32_t now_us)
{
    return now_us - entry->granted_us < HOLD_US;
}

int directory_is_held(struct directory *directory,
                      const struct page_entry *entry,
                      const struct transaction *t)
{
    uint64_t now_us, due_us;

    if (!entry->held || !entry->exclusive || t->recall ||
        node_set_has(entry->holders, t->requester)) {
        return 0;
    }
    now_us = directory->ports->now_us();
    if (!is_new(entry, (uint32_t)now_us)) {
        return 0;
    }
    due_us = now_us + HOLD_US - ((uint32_t)now_us - entry->granted_us);
    if (directory->wake_us == 0 || due_us < directory->wake_us) {
        directory->wake_us = due_us;
    }
    return 1;
}

void directory_note_holders(struct page_entry *entry,
                            const struct transaction *t, uint32_t now_us)
{
    struct node_set others = node_set_without(entry->holders, t->requester);
    unsigned robbed = entry->robbed;

    if (entry->exclusive && !node_set_is_empty(others) && !t->recall) {
        entry->robbed =
            is_new(entry, now_us) ? (uint16_t)(node_set_lowest(others) + 1) : 0;
    }
    if (t->access == DIRECTORY_WRITE) {
        entry->held = robbed == t->requester + 1;
        entry->granted_us = now_us;
    }
}
