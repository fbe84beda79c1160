/* Requests and answers: the directory's page transactions. */
#include "runtime/dsm/directory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory_private.h"

void directory_open(struct directory *directory, unsigned home,
                    unsigned node_count, const struct space *space,
                    const struct directory_ports *ports)
{
    memset(directory, 0, sizeof *directory);
    directory->home = home;
    directory->space = space;
    directory->ports = *ports;
    directory->next_id = 1;
    directory->up = node_set_first(node_count);
    page_table_open(&directory->pages, sizeof(struct page_entry));
}

static void free_transaction(struct transaction *t)
{
    if (!t->borrowed) {
        free(t->data);
    }
    free(t);
}

static void free_list(struct transaction *t)
{
    while (t != NULL) {
        struct transaction *next = t->next;
        free_transaction(t);
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

struct page_entry directory_entry(const struct directory *directory,
                                  uint64_t index)
{
    const struct page_entry *entry = page_table_find(&directory->pages, index);
    struct page_entry home = {.holders = node_set_of(directory->home),
                              .known = 1,
                              .exclusive = 1};

    return entry == NULL || !entry->known ? home : *entry;
}

struct page_entry *directory_entry_of(struct directory *directory,
                                      uint64_t index)
{
    struct page_entry *entry = page_table_get(&directory->pages, index);

    if (!entry->known) {
        *entry = directory_entry(directory, index);
    }
    return entry;
}

static void *allocate(size_t size_bytes)
{
    void *memory = calloc(1, size_bytes);

    if (memory == NULL) {
        fputs("popcorn-agent: no memory for a page transaction\n", stderr);
        exit(125);
    }
    return memory;
}

struct transaction *directory_transaction(struct directory *directory,
                                          unsigned requester,
                                          enum directory_access access,
                                          uint64_t first, uint64_t count)
{
    struct transaction *t = allocate(sizeof *t);

    t->id = directory->next_id++;
    t->requester = requester;
    t->thread = POPCORN_DESK;
    t->access = access;
    t->first = first;
    t->count = count;
    return t;
}

int directory_overlaps(const struct transaction *t, uint64_t first,
                       uint64_t count)
{
    return first < t->first + t->count && t->first < first + count;
}

/* Cuts t to the pages after its first that have the same holders and are in no
 * active transaction. 0: the first itself is busy, or held. */
static int trim(struct directory *directory, struct transaction *t)
{
    struct page_entry first = directory_entry(directory, t->first);
    uint64_t count = 1;

    for (struct transaction *a = directory->active; a != NULL; a = a->next) {
        if (directory_overlaps(a, t->first,
                               t->access == DIRECTORY_DROP ? t->count : 1)) {
            return 0;
        }
        if (a->first > t->first && a->first - t->first < t->count) {
            t->count = a->first - t->first;
        }
    }
    if (t->access == DIRECTORY_DROP) {
        return 1;
    }
    if (directory_is_held(directory, &first, t)) {
        return 0;
    }
    while (count < t->count) {
        struct page_entry next = directory_entry(directory, t->first + count);
        if (!node_set_equal(next.holders, first.holders) ||
            next.exclusive != first.exclusive || next.held != first.held ||
            next.migratory != first.migratory) {
            break;
        }
        count++;
    }
    t->count = count;
    return 1;
}

void directory_ask(struct directory *directory, struct transaction *t,
                   unsigned node, uint16_t type, uint64_t first,
                   uint64_t count, uint64_t want_data)
{
    struct popcorn_message header = {.type = type,
                                     .source_node = (uint16_t)directory->home,
                                     .target_node = node,
                                     .thread = (uint16_t)t->thread,
                                     .request = t->id};

    header.arg[0] = space_address(directory->space, first);
    header.arg[1] = want_data;
    header.arg[2] = count;
    t->awaited += count;
    t->awaited_from[node] += (uint32_t)count;
    directory->ports.post(directory->ports.context, node, &header, NULL, 0);
}

unsigned directory_source(const struct directory *directory,
                          struct node_set holders)
{
    return node_set_has(holders, directory->home) ? directory->home
                                                  : node_set_lowest(holders);
}

static void start_read(struct directory *directory, struct transaction *t,
                       const struct page_entry *entry)
{
    directory_ask(directory, t, directory_source(directory, entry->holders),
                  POPCORN_PAGE_DOWNGRADE, t->first, t->count, 1);
}

static void start_write(struct directory *directory, struct transaction *t,
                        const struct page_entry *entry)
{
    struct node_set others = node_set_without(entry->holders, t->requester);
    unsigned source;

    t->upgrade = node_set_has(entry->holders, t->requester);
    if (node_set_is_empty(others)) {
        return;
    }
    source = directory_source(directory, others);
    for (unsigned node = node_set_lowest(others); node < POPCORN_MAX_NODES;
         node = node_set_next(others, node + 1)) {
        directory->stats.invalidated_pages += t->count;
        directory_ask(directory, t, node, POPCORN_PAGE_INVALIDATE, t->first,
                      t->count, !t->upgrade && node == source);
    }
}

static void count_request(struct directory *directory,
                          const struct transaction *t, int holds)
{
    if (t->recall) {
        return;
    }
    if (t->access == DIRECTORY_READ) {
        directory->stats.read_faults++;
    } else if (holds) {
        directory->stats.upgrades++;
    } else {
        directory->stats.write_faults++;
    }
    directory->stats.ahead_pages += t->count - 1;
}

static void start(struct directory *directory, struct transaction *t)
{
    struct page_entry entry = directory_entry(directory, t->first);
    int holds = node_set_has(entry.holders, t->requester);

    t->next = directory->active;
    directory->active = t;
    if (t->access == DIRECTORY_DROP) {
        directory_start_drop(directory, t);
        if (t->awaited == 0) {
            directory_finish(directory, t);
        }
        return;
    }
    count_request(directory, t, holds);
    if (t->access == DIRECTORY_READ && !holds) {
        directory_consider_gift(directory, &entry, t);
    }
    if (t->access == DIRECTORY_READ && !holds) {
        start_read(directory, t, &entry);
    } else if (t->access == DIRECTORY_WRITE) {
        start_write(directory, t, &entry);
    } else {
        t->upgrade = 1; /* a late request: it has the page already */
    }
    if (t->awaited == 0) {
        directory_finish(directory, t);
    }
}

void directory_submit(struct directory *directory, struct transaction *new)
{
    struct transaction **end = &directory->waiting;

    if (directory->lost) { /* its page may have no holder to ask */
        free_transaction(new);
        return;
    }
    if (trim(directory, new)) {
        start(directory, new);
        return;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = new;
}

int directory_request(struct directory *directory, unsigned node,
                      const struct popcorn_message *header)
{
    uint64_t address = header->arg[0], access = header->arg[1];
    uint64_t index = space_index(directory->space, address);
    uint64_t count = header->arg[2];
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
    t = directory_transaction(directory, node,
                              (enum directory_access)access, index, count);
    t->request = header->request;
    t->thread = header->thread;
    directory_submit(directory, t);
    return 0;
}

void directory_reply(struct directory *directory, unsigned node,
                     uint64_t request, uint64_t first, uint64_t count,
                     enum page_grant grant, enum page_reply_kind kind,
                     const void *bytes, int pushed)
{
    struct popcorn_message header = {.type = POPCORN_PAGE_REPLY,
                                     .source_node = (uint16_t)directory->home,
                                     .target_node = node,
                                     .request = request};

    header.arg[0] = space_address(directory->space, first);
    header.arg[1] = grant;
    header.arg[2] = kind;
    header.arg[3] = count;
    if (pushed) {
        directory->stats.pushed_pages += count;
    } else if (kind == PAGE_KIND_DATA) {
        directory->stats.data_pages += count;
    } else if (kind == PAGE_KIND_ZERO) {
        directory->stats.zero_pages += count;
    }
    directory->ports.post(
        directory->ports.context, node, &header, bytes,
        kind == PAGE_KIND_DATA ? count * POPCORN_PAGE_SIZE : 0);
    directory->ports.granted(directory->ports.context, node, header.arg[0],
                             (uint32_t)count, kind, pushed);
}

static void set_holders(struct directory *directory, struct transaction *t)
{
    uint32_t now_us = (uint32_t)directory->ports.now_us();

    for (uint64_t i = 0; i < t->count; i++) {
        struct page_entry *entry = directory_entry_of(directory, t->first + i);
        directory_note_holders(entry, t, now_us);
        directory_learn(entry, t);
        entry->journaled = 0;
        if (t->access == DIRECTORY_WRITE) {
            entry->taken += !node_set_is_empty(
                node_set_without(entry->holders, t->requester));
            entry->holders = node_set_of(t->requester);
            entry->exclusive = !t->trial;
        } else if (!node_set_has(entry->holders, t->requester)) {
            entry->holders = node_set_with(entry->holders, t->requester);
            entry->exclusive = 0;
        }
    }
}

static enum page_reply_kind kind_at(const struct transaction *t, uint64_t i)
{
    return t->has_data >> i & 1 ? PAGE_KIND_DATA : PAGE_KIND_ZERO;
}

static void answer_requester(struct directory *directory,
                             struct transaction *t)
{
    enum page_grant grant;
    uint64_t i = 0;

    grant = directory_entry(directory, t->first).exclusive ? PAGE_AS_MODIFIED
                                                           : PAGE_AS_SHARED;
    if (t->upgrade) {
        directory_reply(directory, t->requester, t->request, t->first, t->count, grant,
              PAGE_KIND_UPGRADE, NULL, 0);
        return;
    }
    while (i < t->count) {
        enum page_reply_kind kind = kind_at(t, i);
        uint64_t end = i + 1;
        while (end < t->count && kind_at(t, end) == kind) {
            end++;
        }
        directory_reply(directory, t->requester, t->request, t->first + i, end - i,
              grant, kind,
              t->data == NULL ? NULL : t->data + i * POPCORN_PAGE_SIZE, 0);
        i = end;
    }
}

static void lose(struct directory *directory, const char *why)
{
    directory->lost = 1;
    directory->ports.lost(directory->ports.context, why);
}

/* The requester has ended. Contents that came for it and are nowhere else now
 * go home; a copy of its own that was to become the only one is lost. */
static void settle_estate(struct directory *directory, struct transaction *t)
{
    if (t->upgrade && t->access == DIRECTORY_WRITE) {
        lose(directory, "a node ended that had the only copy of a page");
        return;
    }
    for (uint64_t i = 0; i < t->count; i++) {
        struct page_entry *entry = directory_entry_of(directory, t->first + i);
        enum page_reply_kind kind = kind_at(t, i);
        if (t->upgrade ||
            (t->access == DIRECTORY_READ &&
             !node_set_is_empty(entry->holders))) {
            continue;
        }
        entry->holders = node_set_of(directory->home);
        entry->exclusive = 1;
        entry->journaled = 0;
        directory_reply(directory, directory->home, 0, t->first + i, 1,
                        PAGE_AS_MODIFIED, kind,
                        kind == PAGE_KIND_DATA
                            ? t->data + i * POPCORN_PAGE_SIZE
                            : NULL,
                        0);
    }
}

static int is_complete(const struct transaction *t)
{
    uint64_t all = t->count >= 64 ? UINT64_MAX : (1ull << t->count) - 1;

    return t->upgrade || ((t->has_data | t->has_zero) & all) == all;
}

static void start_waiting(struct directory *directory)
{
    struct transaction *t = directory->waiting;

    directory->waiting = NULL;
    while (t != NULL) {
        struct transaction *next = t->next;
        t->next = NULL;
        directory_submit(directory, t);
        t = next;
    }
}

void directory_wake(struct directory *directory)
{
    directory->wake_us = 0;
    start_waiting(directory);
}

void directory_finish(struct directory *directory, struct transaction *t)
{
    struct transaction **link = &directory->active;
    int recall = t->recall;

    if (t->access == DIRECTORY_DROP) {
        directory_finish_drop(directory, t);
    } else if (!is_complete(t)) {
        lose(directory, "a node no longer had a page it owned");
    } else if (node_set_has(directory->up, t->requester)) {
        set_holders(directory, t);
        answer_requester(directory, t);
    } else {
        settle_estate(directory, t);
    }
    while (*link != t) {
        link = &(*link)->next;
    }
    *link = t->next;
    free_transaction(t);
    start_waiting(directory);
    directory->recalling -= (uint32_t)recall;
    directory_recall_progress(directory);
}

static struct transaction *find_id(struct directory *directory, uint64_t id)
{
    struct transaction *t = directory->active;

    while (t != NULL && t->id != id) {
        t = t->next;
    }
    return t;
}

void directory_keep(struct transaction *t, uint64_t index, uint64_t count,
                    enum page_had had, const uint8_t *bytes)
{
    if (t->access == DIRECTORY_DROP) {
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t slot = index + i - t->first;
        if (index + i < t->first || slot >= t->count) {
            continue;
        }
        if (had == PAGE_HAD_ZERO) {
            t->has_zero |= 1ull << slot;
        } else if (had == PAGE_HAD_DATA) {
            if (t->data == NULL) {
                t->data = allocate(t->count * POPCORN_PAGE_SIZE);
            }
            if (!t->borrowed) {
                memcpy(t->data + slot * POPCORN_PAGE_SIZE,
                       bytes + i * POPCORN_PAGE_SIZE, POPCORN_PAGE_SIZE);
            }
            t->has_data |= 1ull << slot;
        }
    }
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
    uint64_t index = space_index(directory->space, header->arg[0]);
    uint64_t count = header->arg[2];
    enum page_had had = (enum page_had)header->arg[1];
    struct transaction *t;

    if (index == SPACE_NO_PAGE || count == 0 || header->arg[1] > 2 ||
        header->arg[0] % POPCORN_PAGE_SIZE != 0 ||
        header->arg[3] >= POPCORN_MAX_NODES ||
        count > space_pages_after(directory->space, index) ||
        (had == PAGE_HAD_DATA) != (header->length != 0)) {
        return refuse(reason, reason_bytes, "malformed page answer");
    }
    if (header->request == 0) {
        if (directory_take_push(directory, node, index, header, view->payload) != 0) {
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
