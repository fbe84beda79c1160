/* Page indices and the two-level table of space.h. */
#include "runtime/dsm/space.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
    return POPCORN_ARENA_BASE +
           (index - SPACE_ARENA_INDEX) * POPCORN_PAGE_SIZE;
}

uint64_t space_pages_after(const struct space *space, uint64_t index)
{
    uint64_t address = space_address(space, index);
    uint64_t end =
        index < SPACE_ARENA_INDEX ? space->shared_end : space->high_water;

    return address < end ? (end - address) / POPCORN_PAGE_SIZE : 0;
}

int page_table_open(struct page_table *table, size_t record_bytes)
{
    table->record_bytes = record_bytes;
    table->leaf = calloc(SPACE_PAGES / PAGE_TABLE_LEAF, sizeof *table->leaf);
    return table->leaf == NULL ? -ENOMEM : 0;
}

void page_table_close(struct page_table *table)
{
    if (table->leaf == NULL) {
        return;
    }
    for (size_t i = 0; i < SPACE_PAGES / PAGE_TABLE_LEAF; i++) {
        free(table->leaf[i]);
    }
    free(table->leaf);
    table->leaf = NULL;
}

void *page_table_find(const struct page_table *table, uint64_t index)
{
    uint8_t *leaf = table->leaf[index / PAGE_TABLE_LEAF];

    return leaf == NULL
               ? NULL
               : leaf + (index % PAGE_TABLE_LEAF) * table->record_bytes;
}

void *page_table_get(struct page_table *table, uint64_t index)
{
    uint8_t **leaf = &table->leaf[index / PAGE_TABLE_LEAF];

    if (*leaf == NULL) {
        *leaf = calloc(PAGE_TABLE_LEAF, table->record_bytes);
        if (*leaf == NULL) {
            /* A directory with a gap would lose updates; ending is honest. */
            fputs("popcorn-agent: no memory for the page directory\n", stderr);
            exit(125);
        }
    }
    return *leaf + (index % PAGE_TABLE_LEAF) * table->record_bytes;
}

uint64_t page_table_bytes(const struct page_table *table)
{
    uint64_t leaves = 0;

    for (uint64_t i = 0; i < SPACE_PAGES / PAGE_TABLE_LEAF; i++) {
        leaves += table->leaf[i] != NULL;
    }
    return leaves * PAGE_TABLE_LEAF * table->record_bytes;
}

uint64_t page_table_next(const struct page_table *table, uint64_t index)
{
    uint64_t leaf = index / PAGE_TABLE_LEAF;

    if (index >= SPACE_PAGES) {
        return SPACE_PAGES;
    }
    if (table->leaf[leaf] != NULL) {
        return index;
    }
    for (leaf++; leaf < SPACE_PAGES / PAGE_TABLE_LEAF; leaf++) {
        if (table->leaf[leaf] != NULL) {
            return leaf * PAGE_TABLE_LEAF;
        }
    }
    return SPACE_PAGES;
}
