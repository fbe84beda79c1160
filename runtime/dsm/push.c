/* Working-set push: when a thread leaves, pages it is likely to touch go with
 * it.
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

static int push_run(struct dsm *dsm, uint64_t index, uint64_t count,
                    const struct popcorn_message *push)
{
    int result = dsm_take(dsm, index, count, PAGE_DO_GIVE_UP, 1, 1);

    if (result != 0) {
        return result;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct page_step step = page_step(PAGE_MODIFIED, PAGE_PUSH);
        dsm_set_state(dsm, index + i, (enum page_state)step.next);
    }
    dsm_answer_contents(dsm, push, index, count);
    return 0;
}

/* The pages of the thread's list that can be pushed, in order. A turn of each
 * is over. */
static unsigned pages_to_push(struct dsm *dsm, unsigned thread,
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

void dsm_thread_leaves(struct dsm *dsm, unsigned thread, unsigned target)
{
    const struct popcorn_message push = {
        .type = POPCORN_PAGE_INVALIDATED,
        .source_node = (uint16_t)dsm->node,
        .target_node = (uint16_t)dsm->home,
        .thread = (uint16_t)thread,
        .arg[3] = target};
    uint64_t pages[DSM_PUSH_LIMIT];
    unsigned count, i = 0;

    dsm->here[thread] = 0;
    if (!dsm->active || target == dsm->node || dsm->frozen) {
        return;
    }
    count = pages_to_push(dsm, thread, pages);
    while (i < count) {
        unsigned run = 1;

        while (i + run < count && run < DIRECTORY_MAX_RUN &&
               pages[i + run] == pages[i] + run) {
            run++;
        }
        /* A run that could not be taken stays: it will be asked for. */
        (void)push_run(dsm, pages[i], run, &push);
        i += run;
    }
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
