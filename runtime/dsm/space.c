/* Page indices and the table of space.h. */
#include "runtime/dsm/space.h"
#include "runtime/base/exit_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t space_index(const struct space *space, uint64_t address)
{
    if (address >= space->shared_start && address < space->shared_end) {
        return (address - space->shared_start) / POPCORN_PAGE_SIZE;
    }
    if (address >= POPCORN_ARENA_BASE &&
        address < POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE) {
        return SPACE_ARENA_INDEX +
               (address - POPCORN_ARENA_BASE) / POPCORN_PAGE_SIZE;
    }
    return SPACE_NO_PAGE;
}

uint64_t space_address(const struct space *space, uint64_t index)
{
    if (index < SPACE_ARENA_INDEX) {
        return space->shared_start + index * POPCORN_PAGE_SIZE;
    }
    return POPCORN_ARENA_BASE + (index - SPACE_ARENA_INDEX) * POPCORN_PAGE_SIZE;
}

uint64_t space_pages_after(const struct space *space, uint64_t index)
{
    uint64_t address = space_address(space, index);
    uint64_t end =
        index < SPACE_ARENA_INDEX ? space->shared_end : space->high_water;

    return address < end ? (end - address) / POPCORN_PAGE_SIZE : 0;
}

void page_table_open(struct page_table *table, size_t record_bytes)
{
    memset(table, 0, sizeof *table);
    table->record_bytes = record_bytes;
}

void page_table_close(struct page_table *table)
{
    for (size_t i = 0; i < PAGE_TABLE_ROOT; i++) {
        for (size_t j = 0; table->branch[i] != NULL && j < PAGE_TABLE_FAN;
             j++) {
            free(table->branch[i]->leaf[j]);
        }
        free(table->branch[i]);
        table->branch[i] = NULL;
    }
}

/* Where the leaf of an index hangs; NULL: not even its branch is there. */
static uint8_t *const *leaf_of(const struct page_table *table, uint64_t index)
{
    const struct page_branch *branch =
        table->branch[index / PAGE_TABLE_LEAF / PAGE_TABLE_FAN];

    return branch == NULL
               ? NULL
               : &branch->leaf[index / PAGE_TABLE_LEAF % PAGE_TABLE_FAN];
}

void *page_table_find(const struct page_table *table, uint64_t index)
{
    uint8_t *const *leaf = leaf_of(table, index);

    return leaf == NULL || *leaf == NULL
               ? NULL
               : *leaf + (index % PAGE_TABLE_LEAF) * table->record_bytes;
}

static void *grow(size_t count, size_t size_bytes)
{
    void *memory = calloc(count, size_bytes);

    if (memory == NULL) {
        /* A directory with a gap would lose updates; ending is honest. */
        fputs("popcorn-agent: no memory for the page directory\n", stderr);
        exit(POPCORN_EXIT_FAILURE);
    }
    return memory;
}

void *page_table_get(struct page_table *table, uint64_t index)
{
    struct page_branch **branch =
        &table->branch[index / PAGE_TABLE_LEAF / PAGE_TABLE_FAN];
    uint8_t **leaf;

    if (*branch == NULL) {
        *branch = grow(1, sizeof **branch);
    }
    leaf = &(*branch)->leaf[index / PAGE_TABLE_LEAF % PAGE_TABLE_FAN];
    if (*leaf == NULL) {
        *leaf = grow(PAGE_TABLE_LEAF, table->record_bytes);
    }
    return *leaf + (index % PAGE_TABLE_LEAF) * table->record_bytes;
}

uint64_t page_table_bytes(const struct page_table *table)
{
    const uint64_t leaf_bytes = PAGE_TABLE_LEAF * table->record_bytes;
    uint64_t bytes = 0, index = 0;

    while ((index = page_table_next(table, index)) < SPACE_PAGES) {
        bytes += leaf_bytes;
        index += PAGE_TABLE_LEAF;
    }
    return bytes;
}

uint64_t page_table_next(const struct page_table *table, uint64_t index)
{
    while (index < SPACE_PAGES) {
        uint8_t *const *leaf = leaf_of(table, index);
        uint64_t step = PAGE_TABLE_LEAF * (leaf == NULL ? PAGE_TABLE_FAN : 1);

        if (leaf != NULL && *leaf != NULL) {
            return index;
        }
        index = (index / step + 1) * step;
    }
    return SPACE_PAGES;
}
