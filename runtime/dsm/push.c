/* A thread leaves, and pages go with it (working_set.c: which). */

#include "runtime/dsm/dsm_private.h"

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

void dsm_thread_leaves(struct dsm *dsm, unsigned thread, unsigned target)
{
    const struct popcorn_message push = {.type = POPCORN_PAGE_INVALIDATED,
                                         .source_node = (uint16_t)dsm->node,
                                         .target_node = (uint16_t)dsm->home,
                                         .thread = (uint16_t)thread,
                                         .page_given.target = target};
    uint64_t pages[DSM_PUSH_LIMIT];
    unsigned count, i = 0;

    dsm->here[thread] = 0;
    if (!dsm->active || target == dsm->node || dsm->frozen) {
        return;
    }
    count = dsm_pages_to_push(dsm, thread, pages);
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
