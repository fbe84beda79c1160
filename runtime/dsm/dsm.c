/* The node's side of the page protocol: every event goes through page_step()
 * and its action is carried out: faults here, what they ask for in
 * read_ahead.c, grants and demands in dsm_pages.c, the working-set push in
 * push.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/dsm/dsm_private.h"

enum { HOME_ZERO_PAGES = 8 }; /* filled ahead of a fault at home */

int dsm_open(struct dsm **opened, unsigned node, unsigned home,
             unsigned node_count, int memfd, const struct dsm_ports *ports)
{
    struct dsm *dsm = calloc(1, sizeof *dsm);
    int result;

    if (dsm == NULL) {
        return -ENOMEM;
    }
    dsm->node = node;
    dsm->home = home;
    dsm->ports = *ports;
    dsm->memory.file = memfd;
    dsm->memory.userfault = -1;
    dsm->next_request = 1;
    dsm->registered = POPCORN_ARENA_BASE;
    dsm->space.high_water = POPCORN_ARENA_BASE;
    dsm->here[0] = node == home;
    page_table_open(&dsm->states, 1);
    page_table_open(&dsm->push_place, sizeof(uint16_t));
    result = dsm_queue_open(&dsm->queue, node, &dsm->ports);
    if (node == home) {
        directory_open(&dsm->directory, home, node_count, &dsm->space,
                       &dsm->queue);
    }
    if (result != 0) {
        dsm_close(dsm);
        return result;
    }
    *opened = dsm;
    return 0;
}

void dsm_close(struct dsm *dsm)
{
    dsm_queue_close(&dsm->queue);
    dsm_free_list(dsm->early);
    dsm_free_list(dsm->held);
    if (dsm->memory.userfault >= 0) {
        close(dsm->memory.userfault);
    }
    if (dsm->node == dsm->home) {
        directory_close(&dsm->directory);
    }
    page_table_close(&dsm->states);
    page_table_close(&dsm->push_place);
    free(dsm);
}

void dsm_member_ready(struct dsm *dsm, uint64_t shared_start,
                      uint64_t shared_end, uint64_t high_water, int userfault)
{
    dsm->space.shared_start = shared_start;
    dsm->space.shared_end = shared_end;
    dsm_note_high_water(dsm, high_water);
    dsm->memory.userfault = userfault;
    fcntl(userfault, F_SETFL, O_NONBLOCK);
    dsm->ready = 1;
    while (dsm->early != NULL) {
        struct dsm_queued *next = dsm->early->next;
        dsm_enqueue(&dsm->queue, dsm->early);
        dsm->early = next;
    }
}

int dsm_activate(struct dsm *dsm)
{
    int result;

    if (dsm->active) {
        return 0;
    }
    if (!dsm->ready) {
        return -ENOTCONN;
    }
    result = node_memory_register(&dsm->memory, dsm->space.shared_start,
                                  dsm->space.shared_end);
    if (result == 0) {
        result = node_memory_register(&dsm->memory, POPCORN_ARENA_BASE,
                                      dsm->space.high_water);
    }
    if (result == 0) {
        dsm->registered = dsm->space.high_water;
        dsm->active = 1;
    }
    return result;
}

int dsm_is_active(const struct dsm *dsm)
{
    return dsm->active;
}

void dsm_note_high_water(struct dsm *dsm, uint64_t high_water)
{
    if (high_water > dsm->space.high_water &&
        high_water <= POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE &&
        high_water % POPCORN_PAGE_SIZE == 0) {
        dsm->space.high_water = high_water;
    }
}

int dsm_grow(struct dsm *dsm, uint64_t high_water)
{
    int result;

    dsm_note_high_water(dsm, high_water);
    if (!dsm->active || dsm->registered >= dsm->space.high_water) {
        return 0;
    }
    result = node_memory_register(&dsm->memory, dsm->registered,
                                  dsm->space.high_water);
    if (result == 0) {
        dsm->registered = dsm->space.high_water;
    }
    return result;
}

static int fill_zero(struct dsm *dsm, uint64_t index)
{
    uint64_t left = space_pages_after(&dsm->space, index);
    uint64_t count = 1;

    while (count < HOME_ZERO_PAGES && count < left &&
           dsm_state(dsm, index + count) == PAGE_MODIFIED) {
        count++;
    }
    dsm->local_zero_pages += count;
    return node_memory_fill_zero(&dsm->memory,
                                 space_address(&dsm->space, index),
                                 count * POPCORN_PAGE_SIZE, 0);
}

static int on_fault(struct dsm *dsm, unsigned thread, uint64_t address,
                    enum page_event event)
{
    uint64_t index = space_index(&dsm->space, address);
    enum page_state before;
    struct page_step step;
    int result = 0;

    if (index == SPACE_NO_PAGE) {
        return -EFAULT;
    }
    address = space_address(&dsm->space, index);
    before = dsm_state(dsm, index);
    step = page_step(before, event);
    page_step_check(before, event, step);
    dsm_set_state(dsm, index, (enum page_state)step.next);
    dsm_wanted_by(dsm, thread, index);
    if (step.action == PAGE_DO_REQUEST_READ) {
        dsm_request_for_fault(dsm, thread, index, DIRECTORY_READ);
    } else if (step.action == PAGE_DO_REQUEST_WRITE) {
        if (before == PAGE_INVALID) {
            dsm_request_for_fault(dsm, thread, index, DIRECTORY_WRITE);
        } else {
            dsm_request(dsm, thread, index, DIRECTORY_WRITE, 1);
        }
    } else if (step.action == PAGE_DO_FILL_ZERO) {
        result = fill_zero(dsm, index);
    } else if (step.action == PAGE_DO_FILL_ZERO_SHARED) {
        result =
            node_memory_fill_zero(&dsm->memory, address, POPCORN_PAGE_SIZE, 1);
    } else if (step.action == PAGE_DO_UNPROTECT) {
        result =
            node_memory_unprotect(&dsm->memory, address, POPCORN_PAGE_SIZE);
    }
    if (event == PAGE_READ_FAULT && step.action != PAGE_DO_REQUEST_READ) {
        dsm_late_read_fault(dsm, thread, index);
    }
    return result;
}

int dsm_read_faults(struct dsm *dsm, struct dsm_faults *faults)
{
    ssize_t got;

    if (!dsm->active) {
        return 0;
    }
    got = read(dsm->memory.userfault, faults->event, sizeof faults->event);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    }
    faults->count = (unsigned)((size_t)got / sizeof *faults->event);
    return (int)faults->count;
}

int dsm_on_faults(struct dsm *dsm, const struct dsm_faults *faults)
{
    if (dsm->frozen == DSM_FROZEN) {
        return 0; /* dsm_thaw() wakes them, and they fault again */
    }
    for (unsigned i = 0; i < faults->count; i++) {
        const struct uffd_msg *fault = &faults->event[i];
        uint64_t flags = fault->arg.pagefault.flags;
        enum page_event event = PAGE_READ_FAULT;
        int result;
        if (fault->event != UFFD_EVENT_PAGEFAULT) {
            continue;
        }
        if (flags & UFFD_PAGEFAULT_FLAG_WP) {
            event = PAGE_PROTECT_FAULT;
        } else if (flags & UFFD_PAGEFAULT_FLAG_WRITE) {
            event = PAGE_WRITE_FAULT;
        }
        result = on_fault(dsm,
                          dsm->ports.thread_of(dsm->ports.context,
                                               fault->arg.pagefault.feat.ptid),
                          fault->arg.pagefault.address, event);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

/* --- messages --- */

/* A grant or a demand: both begin with the address. */
static int on_page_message(struct dsm *dsm, uint64_t count,
                           const struct message_view *view, char *reason,
                           size_t reason_bytes)
{
    uint64_t index = space_index(&dsm->space, view->header.page_reply.address);
    int result;

    if (!dsm->active || index == SPACE_NO_PAGE || count == 0 ||
        view->header.page_reply.address % POPCORN_PAGE_SIZE != 0 ||
        count > space_pages_after(&dsm->space, index) ||
        (view->header.type == POPCORN_PAGE_REPLY &&
         (view->header.page_reply.grant < PAGE_AS_SHARED ||
          view->header.page_reply.grant > PAGE_AS_MODIFIED ||
          view->header.page_reply.kind > PAGE_KIND_UPGRADE ||
          (view->header.page_reply.kind == PAGE_KIND_DATA) !=
              (view->header.length != 0)))) {
        snprintf(reason, reason_bytes, "malformed %s",
                 message_name(view->header.type));
        return -EPROTO;
    }
    result = view->header.type == POPCORN_PAGE_REPLY
                 ? dsm_on_grant(dsm, index, view)
                 : dsm_on_demand(dsm, index, view);
    if (result == -EPROTO) {
        snprintf(reason, reason_bytes,
                 "%s for a page in a state that does not allow it",
                 message_name(view->header.type));
    }
    return result;
}

/* Everything about a dropped range is as at the start: home's, all zeros. */
static int finish_drop(struct dsm *dsm, uint64_t start, uint64_t end)
{
    uint64_t index = space_index(&dsm->space, start);
    uint64_t last = index + (end - start) / POPCORN_PAGE_SIZE;
    int result =
        node_memory_punch(&dsm->memory, index * POPCORN_PAGE_SIZE, end - start);

    while ((index = page_table_next(&dsm->states, index)) < last) {
        dsm_set_state(dsm, index++, dsm_default_state(dsm));
    }
    dsm->ports.range_dropped(dsm->ports.context, start, end);
    return result;
}

/* In front: dsm_thaw() turns them round. */
static void hold(struct dsm *dsm, unsigned node,
                 const struct message_view *view)
{
    struct dsm_queued *held =
        dsm_copy_message(&dsm->queue, node, &view->header, NULL, 0);

    if (held != NULL) {
        held->next = dsm->held;
        dsm->held = held;
    }
}

int dsm_on_message(struct dsm *dsm, unsigned node,
                   const struct message_view *view, char *reason,
                   size_t reason_bytes)
{
    int at_home = dsm->node == dsm->home;

    switch ((unsigned)view->header.type) {
    case POPCORN_PAGE_REPLY:
        return on_page_message(dsm, view->header.page_reply.count, view, reason,
                               reason_bytes);
    case POPCORN_PAGE_INVALIDATE:
    case POPCORN_PAGE_DOWNGRADE:
        return on_page_message(dsm, view->header.page_demand.count, view,
                               reason, reason_bytes);
    case POPCORN_PAGE_REQUEST:
        if (at_home && !dsm->ready) {
            struct dsm_queued *early =
                dsm_copy_message(&dsm->queue, node, &view->header, NULL, 0);
            if (early != NULL) {
                early->next = dsm->early;
                dsm->early = early;
            }
            return 0;
        }
        if (at_home && dsm->frozen && node != dsm->node) {
            hold(dsm, node, view);
            return 0;
        }
        if (at_home && dsm_activate(dsm) == 0 &&
            directory_request(&dsm->directory, node, &view->header) == 0) {
            return 0;
        }
        break;
    case POPCORN_PAGE_INVALIDATED:
    case POPCORN_PAGE_DOWNGRADED:
        if (at_home) {
            return directory_answer(&dsm->directory, node, view, reason,
                                    reason_bytes);
        }
        break;
    default:
        break;
    }
    snprintf(reason, reason_bytes, "%s that cannot be served here",
             message_name(view->header.type));
    return -EPROTO;
}

/* Of each range: start and end. */
static int each_range(struct dsm *dsm,
                      int (*what)(struct node_memory *memory, uint64_t address,
                                  uint64_t size_bytes))
{
    int result = 0;

    if (dsm->space.shared_end > dsm->space.shared_start) {
        result = what(&dsm->memory, dsm->space.shared_start,
                      dsm->space.shared_end - dsm->space.shared_start);
    }
    if (result == 0 && dsm->registered > POPCORN_ARENA_BASE) {
        result = what(&dsm->memory, POPCORN_ARENA_BASE,
                      dsm->registered - POPCORN_ARENA_BASE);
    }
    return result;
}

/* Pages stay protected after the thaw: a protected page that is Modified is
 * unprotected when it is written. */
static int protect_all(struct dsm *dsm)
{
    return each_range(dsm, node_memory_protect);
}

void dsm_recall(struct dsm *dsm)
{
    directory_recall(&dsm->directory);
}

void dsm_freeze(struct dsm *dsm)
{
    dsm->frozen = DSM_FREEZING;
    dsm_recall(dsm);
}

void dsm_thaw(struct dsm *dsm)
{
    dsm->frozen = DSM_OPEN;
    if (each_range(dsm, node_memory_wake) != 0) {
        dsm->ports.lost(dsm->ports.context, "threads that wait for a fork "
                                            "cannot be woken");
    }
    while (dsm->held != NULL) {
        struct dsm_queued *last = dsm->held, **link = &dsm->held;

        while (last->next != NULL) {
            link = &last->next;
            last = last->next;
        }
        *link = NULL;
        dsm_enqueue(&dsm->queue, last);
    }
}

int dsm_run_queue(struct dsm *dsm)
{
    struct dsm_queued *queued;
    char reason[128] = "";

    while ((queued = dsm_dequeue(&dsm->queue)) != NULL) {
        const struct popcorn_message *header = &queued->view.header;
        int result = 0;

        if (header->type == POPCORN_RANGE_DROP_ACK) {
            result = finish_drop(dsm, header->range.start, header->range.end);
        } else if (header->type == POPCORN_RECALL_ALL_ACK) {
            if (dsm->frozen == DSM_FREEZING) {
                result = protect_all(dsm);
                dsm->frozen = DSM_FROZEN;
            }
            dsm->ports.recalled(dsm->ports.context, dsm->frozen != DSM_OPEN);
        } else {
            result = dsm_on_message(dsm, queued->node, &queued->view, reason,
                                    sizeof reason);
        }
        dsm_free_queued(queued);
        if (result == -EPROTO) {
            dsm->ports.lost(dsm->ports.context, reason);
            return 0;
        }
        if (result != 0) {
            return result;
        }
    }
    return 0;
}
