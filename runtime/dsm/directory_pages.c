/* What the kinds of transactions are made of: the entries of pages, what is asked
 * of holders, what requesters are answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/exit_status.h"
#include "runtime/dsm/directory_private.h"

void directory_free_transaction(struct transaction *t)
{
    if (!t->borrowed) {
        free(t->data);
    }
    free(t);
}

struct page_entry directory_entry(const struct directory *directory,
                                  uint64_t index)
{
    const struct page_entry *entry = page_table_find(&directory->pages, index);
    struct page_entry home = {
        .holders = node_set_of(directory->home), .known = 1, .exclusive = 1};

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

void directory_each_run(struct directory *directory, uint64_t first,
                        uint64_t end, uint64_t max_run,
                        void (*visit)(struct directory *, uint64_t first,
                                      uint64_t count, struct page_entry entry,
                                      void *context),
                        void *context)
{
    uint64_t index = first;

    while ((index = page_table_next(&directory->pages, index)) < end) {
        struct page_entry entry = directory_entry(directory, index);
        uint64_t next = index + 1;
        while (next < end && next - index < max_run &&
               next % PAGE_TABLE_LEAF != 0) {
            struct page_entry other = directory_entry(directory, next);
            if (!node_set_equal(other.holders, entry.holders) ||
                other.exclusive != entry.exclusive) {
                break;
            }
            next++;
        }
        visit(directory, index, next - index, entry, context);
        index = next;
    }
}

static void *allocate(size_t size_bytes)
{
    void *memory = calloc(1, size_bytes);

    if (memory == NULL) {
        fputs("popcorn-agent: no memory for a page transaction\n", stderr);
        exit(POPCORN_EXIT_FAILURE);
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

unsigned directory_source(const struct directory *directory,
                          struct node_set holders)
{
    return node_set_has(holders, directory->home) ? directory->home
                                                  : node_set_lowest(holders);
}

void directory_ask(struct directory *directory, struct transaction *t,
                   unsigned node, uint16_t type, uint64_t first, uint64_t count,
                   uint64_t want_data)
{
    struct popcorn_message header = {.type = type,
                                     .source_node = (uint16_t)directory->home,
                                     .target_node = node,
                                     .thread = (uint16_t)t->thread,
                                     .request = t->id};

    header.page_demand.address = space_address(directory->space, first);
    header.page_demand.want_data = want_data;
    header.page_demand.count = count;
    t->awaited += count;
    t->awaited_from[node] += (uint32_t)count;
    dsm_post(directory->queue, node, &header, NULL, 0);
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

    header.page_reply.address = space_address(directory->space, first);
    header.page_reply.grant = grant;
    header.page_reply.kind = kind;
    header.page_reply.count = count;
    if (pushed) {
        directory->stats.pushed_pages += count;
    } else if (kind == PAGE_KIND_DATA) {
        directory->stats.data_pages += count;
    } else if (kind == PAGE_KIND_ZERO) {
        directory->stats.zero_pages += count;
    }
    dsm_post(directory->queue, node, &header, bytes,
             kind == PAGE_KIND_DATA ? count * POPCORN_PAGE_SIZE : 0);
    directory->ports->granted(directory->ports->context, node,
                              header.page_reply.address, (uint32_t)count, kind,
                              pushed);
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
