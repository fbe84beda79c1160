/* Pages that are read, then written, by each node in turn: a lock and what it
 * guards.  Such a page is given away at the read, which saves the upgrade.
 *
 * Learned (Stenstrom, Brorsson, Sandberg; Cox, Fowler, 1993): the node that
 * writes is the one that read last, and it and who had the page before are its
 * only holders.
 *
 * Once given away at reads, a page no longer shows whether it is written.  So
 * after some gifts one is made on trial: nobody else keeps a copy, but the node
 * may only read.  If it is the next to want more, it asks to write and gets
 * that at once; if another node asks before, the page was read and not written:
 * not migratory any more, readers share it.  Each time a page is found
 * migratory, twice as many gifts are made before the next trial. */
#include "runtime/dsm/directory_private.h"

enum { GIFTS_LEAST = 8, GIFTS_MOST = 128 };

void directory_consider_gift(struct directory *directory,
                             const struct page_entry *entry,
                             struct transaction *t)
{
    if (entry->exclusive && entry->migratory) {
        t->access = DIRECTORY_WRITE;
        t->gift = 1;
        t->trial = entry->given >= entry->gifts;
        directory->stats.given_pages += t->count;
        directory->stats.trial_pages += t->trial ? t->count : 0;
    }
}

void directory_learn(struct page_entry *entry, const struct transaction *t)
{
    int had = node_set_has(entry->holders, t->requester);
    uint16_t reader = (uint16_t)(t->requester + 1);

    if (t->recall) {
        return;
    }
    if (t->access == DIRECTORY_WRITE && t->upgrade) {
        entry->migratory =
            entry->last_reader == reader && node_set_count(entry->holders) <= 2;
        entry->given = 0;
        if (entry->migratory && entry->gifts < GIFTS_MOST) {
            entry->gifts = entry->gifts == 0 ? GIFTS_LEAST : entry->gifts * 2;
        }
    } else if (!entry->exclusive && !had) {
        entry->migratory = 0;
    }
    if (t->gift && t->trial) {
        entry->given = 0;
    } else if (t->gift && entry->given < entry->gifts) {
        entry->given++;
    }
    if (t->gift || (t->access == DIRECTORY_READ && !had)) {
        entry->last_reader = reader;
    }
}
