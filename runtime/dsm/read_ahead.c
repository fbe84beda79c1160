/* What a fault asks for.
 *
 * A fault on the page after the last run asks for twice as many pages as that
 * run, up to DIRECTORY_MAX_RUN.  From then on a reader is a stream: runs are
 * asked for STREAM_PAGES ahead of its last fault, so that contents are on their
 * way while it reads.  It reads faster than they come and so faults on a page
 * that is under way: that moves the stream on.  If it is slower it faults only
 * after all of them, and waits one round trip in 2 MiB.
 *
 * Several readers are told apart by where they are (a thread may read several
 * arrays, several threads one): a fault goes on with the run that ends there,
 * or begins one, in place of that not used for longest.  The longer its runs the
 * more seldom it faults, and the longer it is kept.
 *
 * A page is only sure to come if a request begins with it, so every fault asks
 * for its page, under way or not; the directory answers what is there already
 * without contents. */
#include "runtime/dsm/dsm_private.h"

enum {
    STREAM_PAGES = 8 * DIRECTORY_MAX_RUN,
    KEPT_FAULTS = 16 /* for each page of the last run */
};

void dsm_request(struct dsm *dsm, unsigned thread, uint64_t index,
                 enum directory_access access, uint64_t count)
{
    struct popcorn_message header = {.type = POPCORN_PAGE_REQUEST,
                                     .source_node = (uint16_t)dsm->node,
                                     .target_node = dsm->home,
                                     .thread = (uint16_t)thread,
                                     .request = dsm->next_request++};

    header.page_request.address = space_address(&dsm->space, index);
    header.page_request.access = access;
    header.page_request.count = count;
    dsm_post(&dsm->queue, dsm->home, &header, NULL, 0);
}

/* Pages from index on that this node does not have, `limit` at most. */
static uint64_t absent_run(const struct dsm *dsm, uint64_t index,
                           uint64_t limit)
{
    uint64_t left = space_pages_after(&dsm->space, index), count = 0;

    while (count < limit && count < left &&
           dsm_state(dsm, index + count) == PAGE_INVALID) {
        count++;
    }
    return count;
}

static int streams(const struct dsm_ahead *ahead)
{
    return ahead->window == DIRECTORY_MAX_RUN;
}

/* A stream that has asked for this page. */
static int is_under_way(const struct dsm_ahead *ahead, uint64_t index)
{
    return streams(ahead) && index >= ahead->landed && index < ahead->end;
}

/* Whose fault this is: one that has asked for the page or would next, or a new
 * one. */
static struct dsm_ahead *reader_at(struct dsm *dsm, uint64_t index)
{
    struct dsm_ahead *oldest = &dsm->ahead[0];
    uint64_t oldest_used = UINT64_MAX;

    for (unsigned i = 0; i < DSM_READERS; i++) {
        struct dsm_ahead *ahead = &dsm->ahead[i];
        uint64_t used = ahead->used + ahead->window * KEPT_FAULTS;

        if (ahead->window != 0 &&
            (ahead->end == index || is_under_way(ahead, index))) {
            return ahead;
        }
        if (used < oldest_used) {
            oldest = ahead;
            oldest_used = used;
        }
    }
    *oldest = (struct dsm_ahead){.end = SPACE_NO_PAGE};
    return oldest;
}

/* Asks for what a reader that faults on this page will soon want. */
static void stream_on(struct dsm *dsm, struct dsm_ahead *ahead, unsigned thread,
                      uint64_t fault)
{
    while (ahead->end < fault + STREAM_PAGES) {
        uint64_t count = absent_run(dsm, ahead->end, DIRECTORY_MAX_RUN);
        if (count == 0) {
            return;
        }
        dsm_request(dsm, thread, ahead->end, DIRECTORY_READ, count);
        ahead->end += count;
    }
}

void dsm_request_for_fault(struct dsm *dsm, unsigned thread, uint64_t index,
                           enum directory_access access)
{
    struct dsm_ahead *ahead = reader_at(dsm, index);
    int streaming = streams(ahead);
    uint64_t count = 1;

    ahead->used = ++dsm->faults;
    if (is_under_way(ahead, index)) {
        dsm_request(dsm, thread, index, access, 1);
    } else {
        if (index != ahead->end) {
            ahead->window = 1;
        } else if (!streaming) {
            ahead->window *= 2;
        }
        /* The page itself is marked as asked for already. */
        count += absent_run(dsm, index + 1, ahead->window - 1);
        dsm_request(dsm, thread, index, access, count);
        ahead->end = index + count;
        ahead->landed = index;
    }
    if (streaming && access == DIRECTORY_READ) {
        stream_on(dsm, ahead, thread, index);
    }
}

void dsm_late_read_fault(struct dsm *dsm, unsigned thread, uint64_t index)
{
    struct dsm_ahead *nearest = NULL;

    for (unsigned i = 0; i < DSM_READERS; i++) {
        struct dsm_ahead *ahead = &dsm->ahead[i];

        if (streams(ahead) && index < ahead->end &&
            index + STREAM_PAGES >= ahead->end &&
            (nearest == NULL || ahead->end < nearest->end)) {
            nearest = ahead;
        }
    }
    if (nearest != NULL) {
        nearest->used = ++dsm->faults;
        stream_on(dsm, nearest, thread, index);
    }
}

void dsm_ahead_landed(struct dsm *dsm, uint64_t index, uint64_t count)
{
    for (unsigned i = 0; i < DSM_READERS; i++) {
        struct dsm_ahead *ahead = &dsm->ahead[i];

        if (index >= ahead->landed && index + count <= ahead->end) {
            ahead->landed = index + count;
        }
    }
}
