/* Grants and demands from the directory: pages put into the member's reach and
 * taken out of it, as page_step() says. */
#include <errno.h>
#include <string.h>

#include "runtime/dsm/dsm_private.h"

/* --- grants --- */

static int install(struct dsm *dsm, uint64_t index, uint64_t count,
                   enum page_grant grant, enum page_reply_kind kind,
                   const uint8_t *bytes)
{
    static const uint8_t zeros[DIRECTORY_MAX_RUN * POPCORN_PAGE_SIZE];
    uint64_t address = space_address(&dsm->space, index);
    uint64_t done = 0;

    while (done < count) {
        uint64_t part = count - done;
        const uint8_t *from = bytes + done * POPCORN_PAGE_SIZE;
        int result;
        if (kind == PAGE_KIND_ZERO) {
            part = part < DIRECTORY_MAX_RUN ? part : DIRECTORY_MAX_RUN;
            from = zeros;
        }
        result = node_memory_install(
            &dsm->memory, address + done * POPCORN_PAGE_SIZE, from,
            part * POPCORN_PAGE_SIZE, grant == PAGE_AS_SHARED,
            (index + done) * POPCORN_PAGE_SIZE);
        if (result != 0) {
            return result;
        }
        done += part;
    }
    return 0;
}

static enum page_event grant_event(enum page_grant grant,
                                   enum page_reply_kind kind)
{
    if (kind == PAGE_KIND_UPGRADE) {
        return grant == PAGE_AS_SHARED ? PAGE_CONFIRM_SHARED
                                       : PAGE_CONFIRM_MODIFIED;
    }
    return grant == PAGE_AS_SHARED ? PAGE_GRANT_SHARED : PAGE_GRANT_MODIFIED;
}

/* Carries out one action on a run of pages that all take the same one. */
static int do_granted(struct dsm *dsm, uint64_t index, uint64_t count,
                      enum page_action action, enum page_grant grant,
                      enum page_reply_kind kind, const uint8_t *bytes)
{
    uint64_t address = space_address(&dsm->space, index);
    uint64_t size_bytes = count * POPCORN_PAGE_SIZE;

    switch ((unsigned)action) {
    case PAGE_DO_INSTALL_SHARED:
    case PAGE_DO_INSTALL_MODIFIED:
        return install(dsm, index, count, grant, kind, bytes);
    case PAGE_DO_UNPROTECT:
        return node_memory_unprotect(&dsm->memory, address, size_bytes);
    case PAGE_DO_WAKE:
        return node_memory_wake(&dsm->memory, address, size_bytes);
    case PAGE_DO_NOTHING:
        return 0;
    default:
        return -EPROTO;
    }
}

int dsm_on_grant(struct dsm *dsm, uint64_t index,
                 const struct message_view *view)
{
    enum page_grant grant = (enum page_grant)view->header.page_reply.grant;
    enum page_reply_kind kind =
        (enum page_reply_kind)view->header.page_reply.kind;
    enum page_event event = grant_event(grant, kind);
    uint64_t count = view->header.page_reply.count, i = 0;

    dsm_ahead_landed(dsm, index, count);
    while (i < count) {
        enum page_state before = dsm_state(dsm, index + i);
        struct page_step step = page_step(before, event);
        uint64_t end = i;
        int result;
        page_step_check(before, event, step);
        while (end < count && dsm_state(dsm, index + end) == before) {
            dsm_set_state(dsm, index + end++, (enum page_state)step.next);
        }
        result =
            do_granted(dsm, index + i, end - i, (enum page_action)step.action,
                       grant, kind, view->payload + i * POPCORN_PAGE_SIZE);
        if (result != 0) {
            return result;
        }
        i = end;
    }
    return 0;
}

/* --- giving up --- */

static void answer_part(struct dsm *dsm, const struct popcorn_message *answer,
                        uint64_t index, uint64_t count, enum page_had had,
                        const uint8_t *bytes)
{
    struct popcorn_message header = *answer;

    header.page_given.address = space_address(&dsm->space, index);
    header.page_given.had = had;
    header.page_given.count = count;
    dsm_post(&dsm->queue, dsm->home, &header, bytes,
             had == PAGE_HAD_DATA ? count * POPCORN_PAGE_SIZE : 0);
}

static int is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, POPCORN_PAGE_SIZE - 1) == 0;
}

/* Zero pages go without their bytes. */
void dsm_answer_contents(struct dsm *dsm, const struct popcorn_message *answer,
                         uint64_t index, uint64_t count)
{
    uint64_t i = 0;

    while (i < count) {
        const uint8_t *bytes = dsm->queue.buffer->bytes + i * POPCORN_PAGE_SIZE;
        int zero = is_zero(bytes);
        uint64_t end = i + 1;
        while (end < count && is_zero(dsm->queue.buffer->bytes +
                                      end * POPCORN_PAGE_SIZE) == zero) {
            end++;
        }
        answer_part(dsm, answer, index + i, end - i,
                    zero ? PAGE_HAD_ZERO : PAGE_HAD_DATA, bytes);
        i = end;
    }
}

/* Takes up to DIRECTORY_MAX_RUN pages out of the member's reach, as `action`
 * says, with their contents in the buffer if wanted. */
int dsm_take(struct dsm *dsm, uint64_t index, uint64_t count,
             enum page_action action, int want_data, int writable)
{
    uint64_t address = space_address(&dsm->space, index);
    uint64_t size_bytes = count * POPCORN_PAGE_SIZE;
    int result = 0;

    if (action == PAGE_DO_PROTECT_READ ||
        (action == PAGE_DO_GIVE_UP && writable && want_data)) {
        result = node_memory_protect(&dsm->memory, address, size_bytes);
    }
    if (result == 0 && want_data &&
        (result = dsm_own_buffer(&dsm->queue)) == 0) {
        result = node_memory_read(&dsm->memory, index * POPCORN_PAGE_SIZE,
                                  dsm->queue.buffer->bytes, size_bytes);
    }
    if (result == 0 && action == PAGE_DO_GIVE_UP) {
        result = node_memory_punch(&dsm->memory, index * POPCORN_PAGE_SIZE,
                                   size_bytes);
    }
    return result;
}

int dsm_on_demand(struct dsm *dsm, uint64_t index,
                  const struct message_view *view)
{
    int downgrade = view->header.type == POPCORN_PAGE_DOWNGRADE;
    enum page_event event = downgrade ? PAGE_DOWNGRADE : PAGE_INVALIDATE;
    const struct popcorn_message answer = {
        .type = downgrade ? POPCORN_PAGE_DOWNGRADED : POPCORN_PAGE_INVALIDATED,
        .source_node = (uint16_t)dsm->node,
        .target_node = (uint16_t)dsm->home,
        .thread = view->header.thread,
        .request = view->header.request};
    int want_data = downgrade || view->header.page_demand.want_data != 0;
    uint64_t count = view->header.page_demand.count, i = 0;

    dsm_wanted_by(dsm, answer.thread, index); /* the rest may be read-ahead */
    while (i < count) {
        enum page_state before = dsm_state(dsm, index + i);
        struct page_step step = page_step(before, event);
        uint64_t end = i;
        int result;
        page_step_check(before, event, step);
        while (end < count && end - i < DIRECTORY_MAX_RUN &&
               dsm_state(dsm, index + end) == before) {
            dsm_set_state(dsm, index + end, (enum page_state)step.next);
            dsm_remember_push(dsm, answer.thread, index + end++);
        }
        if (step.action == PAGE_DO_ANSWER_EMPTY) {
            answer_part(dsm, &answer, index + i, end - i, PAGE_HAD_NONE, NULL);
            i = end;
            continue;
        }
        result =
            dsm_take(dsm, index + i, end - i, (enum page_action)step.action,
                     want_data, before == PAGE_MODIFIED);
        if (result != 0) {
            return result;
        }
        if (want_data) {
            dsm_answer_contents(dsm, &answer, index + i, end - i);
        } else {
            answer_part(dsm, &answer, index + i, end - i, PAGE_HAD_NONE, NULL);
        }
        i = end;
    }
    return 0;
}
