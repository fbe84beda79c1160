/* Coherent memory as one space of pages.
 *
 * A page's index is its page offset in every node's memfd: range 0 (shared
 * .data and .bss) starts at 0, range 1 (the arena) at POPCORN_ARENA_FILE_OFFSET.  And a table from
 * index to a small record, in three levels: a root of PAGE_TABLE_ROOT branches
 * (1 GiB each), of PAGE_TABLE_FAN leaves (2 MiB each).  Branches and leaves are
 * made on first write, so that a table costs what is used of it, to make, to
 * search and to free.
 */
#ifndef POPCORN_DSM_SPACE_H
#define POPCORN_DSM_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/layout.h"

#define SPACE_ARENA_INDEX (POPCORN_ARENA_FILE_OFFSET / POPCORN_PAGE_SIZE)
#define SPACE_FILE_BYTES (POPCORN_ARENA_FILE_OFFSET + POPCORN_ARENA_SIZE)
#define SPACE_PAGES (SPACE_FILE_BYTES / POPCORN_PAGE_SIZE)
#define SPACE_NO_PAGE UINT64_MAX

struct space {
    uint64_t shared_start, shared_end; /* range 0 */
    uint64_t high_water;               /* end of range 1 so far */
};

/* SPACE_NO_PAGE if address is in neither range. */
uint64_t space_index(const struct space *space, uint64_t address);
uint64_t space_address(const struct space *space, uint64_t index);
/* Pages from index to the end of its range, 0 if outside. */
uint64_t space_pages_after(const struct space *space, uint64_t index);

#define PAGE_TABLE_LEAF 512 /* records of a leaf */
#define PAGE_TABLE_FAN 512  /* leaves of a branch */
#define PAGE_TABLE_ROOT (SPACE_PAGES / PAGE_TABLE_LEAF / PAGE_TABLE_FAN)
_Static_assert(SPACE_PAGES % (PAGE_TABLE_LEAF * PAGE_TABLE_FAN) == 0,
               "the space is whole branches");

struct page_branch {
    uint8_t *leaf[PAGE_TABLE_FAN];
};

struct page_table {
    size_t record_bytes;
    struct page_branch *branch[PAGE_TABLE_ROOT];
};

void page_table_open(struct page_table *table, size_t record_bytes);
void page_table_close(struct page_table *table);
/* The record, NULL if its leaf does not exist yet (all its records are 0). */
void *page_table_find(const struct page_table *table, uint64_t index);
/* The record, its leaf made if need be; ends the process without memory. */
void *page_table_get(struct page_table *table, uint64_t index);
/* Of the leaves that exist. */
uint64_t page_table_bytes(const struct page_table *table);
/* First index >= index whose leaf exists, SPACE_PAGES if none. */
uint64_t page_table_next(const struct page_table *table, uint64_t index);

#endif
