/* Working-set push: when the thread leaves, pages it is likely to touch go
 * with it.
 *
 * Which ones: those that were taken from this node while the thread was away
 * the last times.  A page that is pushed raises no fault there, so it would
 * never be learned again; therefore each is forgotten after some pushes and
 * has to prove itself by a fault. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/dsm_private.h"

enum { PUSH_TURNS = 32 };

static void set_place(struct dsm *dsm, unsigned place)
{
    uint16_t *record =
        page_table_get(&dsm->push_place, dsm->push[place].index);

    *record = (uint16_t)(place + 1);
}

static void forget_places(struct dsm *dsm)
{
    for (unsigned i = 0; i < dsm->push_count; i++) {
        uint16_t *record =
            page_table_get(&dsm->push_place, dsm->push[i].index);
        *record = 0;
    }
}

void dsm_remember_push(struct dsm *dsm, uint64_t index)
{
    const uint16_t *known;

    if (dsm->thread_here || dsm->many_threads) {
        return;
    }
    known = page_table_find(&dsm->push_place, index);
    if (known != NULL && *known != 0) {
        dsm->push[*known - 1].turns = PUSH_TURNS;
    } else if (dsm->push_count < DSM_PUSH_LIMIT) {
        /* Staggered, so that they do not all come up for proof at once. */
        dsm->push[dsm->push_count].turns =
            (uint8_t)(PUSH_TURNS - dsm->push_count % (PUSH_TURNS / 2));
        dsm->push[dsm->push_count].index = index;
        set_place(dsm, dsm->push_count++);
    }
}

static int by_index(const void *a, const void *b)
{
    const struct dsm_pushed *x = a, *y = b;

    return x->index < y->index ? -1 : x->index > y->index;
}

static int push_run(struct dsm *dsm, uint64_t index, uint64_t count,
                    unsigned target)
{
    int result = dsm_take(dsm, index, count, PAGE_DO_GIVE_UP, 1, 1);

    if (result != 0) {
        return result;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct page_step step = page_step(PAGE_MODIFIED, PAGE_PUSH);
        dsm_set_state(dsm, index + i, (enum page_state)step.next);
    }
    dsm_answer_contents(dsm, POPCORN_PAGE_INVALIDATED, 0, index, count,
                        target);
    return 0;
}

void dsm_thread_leaves(struct dsm *dsm, unsigned target)
{
    unsigned kept = 0, i = 0;

    dsm->thread_here = 0;
    if (!dsm->active || target == dsm->node || dsm->many_threads) {
        return;
    }
    forget_places(dsm);
    qsort(dsm->push, dsm->push_count, sizeof *dsm->push, by_index);
    while (i < dsm->push_count) {
        uint64_t first = dsm->push[i].index;
        uint64_t count = 0;
        while (i + count < dsm->push_count && count < DIRECTORY_MAX_RUN &&
               dsm->push[i + count].index == first + count &&
               dsm_state(dsm, first + count) == PAGE_MODIFIED) {
            count++;
        }
        /* A run that could not be taken stays: it will be asked for. */
        if (count != 0 && push_run(dsm, first, count, target) != 0) {
            count = 0;
        }
        i += count == 0 ? 1 : (unsigned)count;
    }
    for (i = 0; i < dsm->push_count; i++) {
        if (--dsm->push[i].turns != 0) {
            dsm->push[kept] = dsm->push[i];
            set_place(dsm, kept++);
        }
    }
    dsm->push_count = kept;
}

void dsm_thread_arrives(struct dsm *dsm)
{
    dsm->thread_here = 1;
}

void dsm_many_threads(struct dsm *dsm)
{
    dsm->many_threads = 1;
    forget_places(dsm);
    dsm->push_count = 0;
}
