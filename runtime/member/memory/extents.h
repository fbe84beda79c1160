/* The address ranges of the arena that the program has mapped: what a kernel
 * knows about a process's mappings, kept at home only.
 *
 * A sorted array of disjoint extents. Not locked: the caller is.
 */
#ifndef POPCORN_MEMBER_EXTENTS_H
#define POPCORN_MEMBER_EXTENTS_H

#include <stdint.h>

struct extent {
    uint64_t start;
    uint64_t end;
    uint32_t protection;
    uint32_t flags; /* EXTENT_* */
};

#define EXTENT_FILE 1u   /* private copy of a file */
#define EXTENT_SHARED 2u /* MAP_SHARED | MAP_ANONYMOUS: fork keeps it shared */

/* 0, or -ENOMEM: no memory for the table. */
int extents_init(uint64_t low, uint64_t high);
uint64_t extents_count(void);
const struct extent *extents_at(uint64_t index);
/* First extent that ends after address; extents_count() if none does. */
uint64_t extents_find(uint64_t address);
/* Lowest free range of this size, at or above hint if there is one; 0: none. */
uint64_t extents_find_free(uint64_t size_bytes, uint64_t hint);
int extents_is_free(uint64_t start, uint64_t end);
int extents_is_mapped(uint64_t start, uint64_t end);
/* The range must be free. -ENOMEM: table full. */
int extents_add(const struct extent *added);
int extents_remove(uint64_t start, uint64_t end);
int extents_protect(uint64_t start, uint64_t end, uint32_t protection);
/* Union of the flags of the extents in a range. */
uint32_t extents_flags(uint64_t start, uint64_t end);

#endif
