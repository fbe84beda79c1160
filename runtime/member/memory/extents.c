/* The arena's table of mapped ranges: a sorted array with binary search. Programs
 * have tens to hundreds of extents, so moving the tail is cheap. */
#include "runtime/member/memory/extents.h"
#include "runtime/member/memory/memory.h"

/* Kept sorted and disjoint; neighbours that are alike are merged, so that an
 * allocator that grows by small steps does not fill the table. */
#define EXTENT_LIMIT 262144

static struct extent *extents;
static uint64_t count;
static uint64_t arena_low;
static uint64_t arena_high;

int extents_init(uint64_t low, uint64_t high)
{
    extents = popcorn_map_private(EXTENT_LIMIT * sizeof *extents);
    arena_low = low;
    arena_high = high;
    return extents == NULL ? -NEUTRAL_ENOMEM : 0;
}

uint64_t extents_count(void)
{
    return count;
}

const struct extent *extents_at(uint64_t index)
{
    return &extents[index];
}

uint64_t extents_find(uint64_t address)
{
    uint64_t low = 0;
    uint64_t high = count;

    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (extents[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static uint64_t find_free_from(uint64_t size_bytes, uint64_t from)
{
    uint64_t start = from < arena_low ? arena_low : from;

    for (uint64_t i = extents_find(start);; i++) {
        uint64_t end = i < count ? extents[i].start : arena_high;

        if (end > start && end - start >= size_bytes) {
            return start;
        }
        if (i >= count) {
            return 0;
        }
        start = extents[i].end;
    }
}

uint64_t extents_find_free(uint64_t size_bytes, uint64_t hint)
{
    uint64_t found = 0;

    if (hint >= arena_low && hint < arena_high) {
        found = find_free_from(size_bytes, hint);
    }
    return found != 0 ? found : find_free_from(size_bytes, arena_low);
}

int extents_is_free(uint64_t start, uint64_t end)
{
    uint64_t i = extents_find(start);

    return i >= count || extents[i].start >= end;
}

int extents_is_mapped(uint64_t start, uint64_t end)
{
    for (uint64_t i = extents_find(start); start < end; i++) {
        if (i >= count || extents[i].start > start) {
            return 0;
        }
        start = extents[i].end;
    }
    return 1;
}

uint32_t extents_flags(uint64_t start, uint64_t end)
{
    uint32_t flags = 0;

    for (uint64_t i = extents_find(start); i < count && extents[i].start < end;
         i++) {
        flags |= extents[i].flags;
    }
    return flags;
}

static void insert_at(uint64_t index, const struct extent *added)
{
    for (uint64_t i = count; i > index; i--) {
        extents[i] = extents[i - 1];
    }
    extents[index] = *added;
    count++;
}

static void delete_at(uint64_t index)
{
    count--;
    for (uint64_t i = index; i < count; i++) {
        extents[i] = extents[i + 1];
    }
}

/* Merges the extent with its right neighbour if they are alike. */
static void merge_right(uint64_t index)
{
    if (index + 1 < count && extents[index].end == extents[index + 1].start &&
        extents[index].protection == extents[index + 1].protection &&
        extents[index].flags == extents[index + 1].flags) {
        extents[index].end = extents[index + 1].end;
        delete_at(index + 1);
    }
}

int extents_add(const struct extent *added)
{
    uint64_t index = extents_find(added->start);

    if (count + 1 >= EXTENT_LIMIT) {
        return -NEUTRAL_ENOMEM;
    }
    insert_at(index, added);
    merge_right(index);
    if (index > 0) {
        merge_right(index - 1);
    }
    return 0;
}

/* Makes `address` a boundary between extents. */
static void split_at(uint64_t address)
{
    uint64_t index = extents_find(address);
    struct extent right;

    if (index >= count || extents[index].start >= address) {
        return;
    }
    right = extents[index];
    right.start = address;
    extents[index].end = address;
    insert_at(index + 1, &right);
}

int extents_remove(uint64_t start, uint64_t end)
{
    uint64_t index;

    if (count + 2 >= EXTENT_LIMIT) {
        return -NEUTRAL_ENOMEM;
    }
    split_at(start);
    split_at(end);
    index = extents_find(start);
    while (index < count && extents[index].start < end) {
        delete_at(index);
    }
    return 0;
}

int extents_protect(uint64_t start, uint64_t end, uint32_t protection)
{
    uint64_t first;
    uint64_t i;

    if (count + 2 >= EXTENT_LIMIT) {
        return -NEUTRAL_ENOMEM;
    }
    split_at(start);
    split_at(end);
    first = extents_find(start);
    for (i = first; i < count && extents[i].start < end; i++) {
        extents[i].protection = protection;
    }
    while (i-- > first) {
        merge_right(i);
    }
    if (first > 0) {
        merge_right(first - 1);
    }
    return 0;
}
