/* The working set of a thread: when it leaves, the pages it is likely to touch go
 * with it (push.c).
 *
 * Which ones: those that this thread took from this node while it was away the
 * last times, if they are Modified here.  A page that is pushed raises no fault
 * there, so it would never be learned again; therefore each is forgotten after
 * some departures and has to prove itself by a fault.  A page that another
 * thread asks for too, here or elsewhere, is not pushed until it is forgotten:
 * that one may stay, and it would go to and fro between them for every move.
 *
 * Pages by thread are lists through one table; when that is full the entry that
 * was made longest ago is used again. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/dsm_private.h"

enum { PUSH_TURNS = 32 };

static struct dsm_pushed *entry_of(struct dsm *dsm, uint64_t index)
{
    const uint16_t *place = page_table_find(&dsm->push_place, index);

    return place == NULL || *place == 0 ? NULL : &dsm->push[*place];
}

static void set_place(struct dsm *dsm, uint64_t index, unsigned place)
{
    uint16_t *record = page_table_get(&dsm->push_place, index);

    *record = (uint16_t)place;
}

static void forget(struct dsm *dsm, struct dsm_pushed *entry)
{
    if (entry->turns == 0) {
        return;
    }
    if (entry->before != 0) {
        dsm->push[entry->before].next = entry->next;
    } else {
        dsm->push_first[entry->thread] = entry->next;
    }
    if (entry->next != 0) {
        dsm->push[entry->next].before = entry->before;
    }
    set_place(dsm, entry->index, 0);
    entry->turns = 0;
}

static void add(struct dsm *dsm, unsigned thread, uint64_t index)
{
    unsigned place = dsm->push_hand = dsm->push_hand % (DSM_PUSH_LIMIT - 1) + 1;
    struct dsm_pushed *entry = &dsm->push[place];

    forget(dsm, entry);
    *entry = (struct dsm_pushed){
        .index = index,
        .thread = (uint16_t)thread,
        .next = dsm->push_first[thread],
        /* Staggered, so that they do not all come up for proof at once. */
        .turns = (uint8_t)(PUSH_TURNS - place % (PUSH_TURNS / 2))};
    if (entry->next != 0) {
        dsm->push[entry->next].before = (uint16_t)place;
    }
    dsm->push_first[thread] = (uint16_t)place;
    set_place(dsm, index, place);
}

void dsm_wanted_by(struct dsm *dsm, unsigned thread, uint64_t index)
{
    struct dsm_pushed *entry = entry_of(dsm, index);

    if (entry != NULL && entry->thread != thread && thread != POPCORN_DESK) {
        entry->shared = 1;
    }
}

void dsm_remember_push(struct dsm *dsm, unsigned thread, uint64_t index)
{
    struct dsm_pushed *entry = entry_of(dsm, index);

    if (thread == POPCORN_DESK || dsm->here[thread]) {
        return;
    }
    if (entry == NULL) {
        add(dsm, thread, index);
    } else if (entry->thread == thread) {
        entry->turns = PUSH_TURNS;
    }
}

static int by_index(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

unsigned dsm_pages_to_push(struct dsm *dsm, unsigned thread,
                           uint64_t pages[DSM_PUSH_LIMIT])
{
    unsigned count = 0, place = dsm->push_first[thread];

    while (place != 0) {
        struct dsm_pushed *entry = &dsm->push[place];

        place = entry->next;
        if (!entry->shared && dsm_state(dsm, entry->index) == PAGE_MODIFIED) {
            pages[count++] = entry->index;
        }
        if (entry->turns == 1) {
            forget(dsm, entry);
        } else {
            entry->turns--;
        }
    }
    qsort(pages, count, sizeof *pages, by_index);
    return count;
}

void dsm_thread_arrives(struct dsm *dsm, unsigned thread)
{
    dsm->here[thread] = 1;
}

void dsm_thread_ends(struct dsm *dsm, unsigned thread)
{
    dsm->here[thread] = 0;
    while (dsm->push_first[thread] != 0) {
        forget(dsm, &dsm->push[dsm->push_first[thread]]);
    }
}
