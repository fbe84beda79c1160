/* What home's agent asks of its directory, beside page messages. */
#include <errno.h>

#include "runtime/dsm/dsm_private.h"

void dsm_drop(struct dsm *dsm, uint64_t start, uint64_t end)
{
    uint64_t index = space_index(&dsm->space, start);

    if (start >= end || start % POPCORN_PAGE_SIZE != 0 ||
        end % POPCORN_PAGE_SIZE != 0 || index == SPACE_NO_PAGE ||
        (end - start) / POPCORN_PAGE_SIZE >
            space_pages_after(&dsm->space, index)) {
        /* Not coherent memory: nothing to forget. */
        dsm->ports.range_dropped(dsm->ports.context, start, end);
        return;
    }
    directory_drop(&dsm->directory, start, end);
}

uint64_t dsm_wake_after_us(const struct dsm *dsm)
{
    uint64_t due = dsm->directory.wake_us, now;

    if (due == 0) {
        return UINT64_MAX;
    }
    now = dsm->ports.now_us();
    return due > now ? due - now : 0;
}

void dsm_wake(struct dsm *dsm)
{
    directory_wake(&dsm->directory);
    if (dsm_run_queue(dsm) == -ENOMEM) {
        dsm->ports.lost(dsm->ports.context, "the agent has no memory left");
    }
}

void dsm_move_begins(struct dsm *dsm, unsigned thread, unsigned target)
{
    directory_thread_comes(&dsm->directory, thread, target);
}

void dsm_move_ends(struct dsm *dsm, unsigned thread)
{
    directory_move_done(&dsm->directory, thread);
}

uint64_t dsm_node_down(struct dsm *dsm, unsigned node)
{
    return directory_node_down(&dsm->directory, node);
}

uint64_t dsm_pages_away(const struct dsm *dsm, unsigned node)
{
    return directory_pages_away(&dsm->directory, node);
}

unsigned dsm_contended(const struct dsm *dsm, struct dsm_contended *worst,
                       unsigned limit)
{
    return directory_contended(&dsm->directory, worst, limit);
}

struct dsm_stats dsm_stats(const struct dsm *dsm)
{
    struct dsm_stats stats = dsm->directory.stats;

    stats.local_zero_pages = dsm->local_zero_pages;
    stats.directory_bytes = page_table_bytes(&dsm->directory.pages);
    return stats;
}
