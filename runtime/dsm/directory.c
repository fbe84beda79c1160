/* What nodes and home ask of the directory, and what nodes answer it. */
#include "runtime/dsm/directory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory_private.h"

void directory_open(struct directory *directory, unsigned home,
                    unsigned node_count, const struct space *space,
                    struct dsm_queue *queue)
{
    memset(directory, 0, sizeof *directory);
    directory->home = home;
    directory->space = space;
    directory->queue = queue;
    directory->ports = queue->ports;
    directory->next_id = 1;
    directory->up = node_set_first(node_count);
    page_table_open(&directory->pages, sizeof(struct page_entry));
}

static void free_list(struct transaction *t)
{
    while (t != NULL) {
        struct transaction *next = t->next;
        directory_free_transaction(t);
        t = next;
    }
}

void directory_close(struct directory *directory)
{
    free_list(directory->active);
    free_list(directory->waiting);
    directory_journal_close(directory);
    page_table_close(&directory->pages);
}

int directory_request(struct directory *directory, unsigned node,
                      const struct popcorn_message *header)
{
    uint64_t address = header->page_request.address,
             access = header->page_request.access;
    uint64_t index = space_index(directory->space, address);
    uint64_t count = header->page_request.count;
    struct transaction *t;

    if (index == SPACE_NO_PAGE || address % POPCORN_PAGE_SIZE != 0 ||
        count == 0 || access > DIRECTORY_WRITE ||
        space_pages_after(directory->space, index) == 0) {
        return -EPROTO;
    }
    if (count > DIRECTORY_MAX_RUN) {
        count = DIRECTORY_MAX_RUN;
    }
    if (count > space_pages_after(directory->space, index)) {
        count = space_pages_after(directory->space, index);
    }
    t = directory_transaction(directory, node, (enum directory_access)access,
                              index, count);
    t->request = header->request;
    t->thread = header->thread;
    directory_submit(directory, t);
    return 0;
}

static struct transaction *find_id(struct directory *directory, uint64_t id)
{
    struct transaction *t = directory->active;

    while (t != NULL && t->id != id) {
        t = t->next;
    }
    return t;
}

static int refuse(char *reason, size_t reason_bytes, const char *text)
{
    snprintf(reason, reason_bytes, "%s", text);
    return -EPROTO;
}

int directory_answer(struct directory *directory, unsigned node,
                     const struct message_view *view, char *reason,
                     size_t reason_bytes)
{
    const struct popcorn_message *header = &view->header;
    uint64_t index = space_index(directory->space, header->page_given.address);
    uint64_t count = header->page_given.count;
    enum page_had had = (enum page_had)header->page_given.had;
    struct transaction *t;

    if (index == SPACE_NO_PAGE || count == 0 || header->page_given.had > 2 ||
        header->page_given.address % POPCORN_PAGE_SIZE != 0 ||
        header->page_given.target >= POPCORN_MAX_NODES ||
        count > space_pages_after(directory->space, index) ||
        (had == PAGE_HAD_DATA) != (header->length != 0)) {
        return refuse(reason, reason_bytes, "malformed page answer");
    }
    if (header->request == 0) {
        if (directory_take_push(directory, node, index, header,
                                view->payload) != 0) {
            return refuse(reason, reason_bytes,
                          "pushed a page it does not own");
        }
        return 0;
    }
    t = find_id(directory, header->request);
    if (t == NULL || t->awaited_from[node] < count || index < t->first ||
        index + count > t->first + t->count) {
        return refuse(reason, reason_bytes, "page answer nobody asked for");
    }
    if (had == PAGE_HAD_DATA && t->data == NULL && count == t->count &&
        t->awaited == count) {
        t->data = (uint8_t *)(uintptr_t)view->payload; /* it ends here */
        t->borrowed = 1;
    }
    directory_keep(t, index, count, had, view->payload);
    t->awaited -= count;
    t->awaited_from[node] -= (uint32_t)count;
    if (t->awaited == 0) {
        directory_finish(directory, t);
    }
    return 0;
}

void directory_drop(struct directory *directory, uint64_t start, uint64_t end)
{
    directory_submit(directory, directory_transaction(
                                    directory, directory->home, DIRECTORY_DROP,
                                    space_index(directory->space, start),
                                    (end - start) / POPCORN_PAGE_SIZE));
}
