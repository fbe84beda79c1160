/* Reading frame maps: call sites, unwind records, location lists.
 *
 * Every function checks what it reads against the bounds of the blob, so a
 * blob with a valid checksum but bad contents gives -EBADMSG, never a crash.
 * Async-signal-safe, no allocation. docs/frame-maps.md is the specification.
 */
#ifndef POPCORN_STACK_FRAME_MAPS_H
#define POPCORN_STACK_FRAME_MAPS_H

#include <stdbool.h>

#include "runtime/stack/stack.h"

#define NO_SLOT 0xff

/* A return address. */
struct frame_site {
    uint64_t pc;
    uint32_t call_site;
    bool token;      /* live value 0 is the function's frame token */
    uint32_t unwind; /* offsets in their pools */
    uint32_t locations;
};

/* How to get from a frame to its caller, at one call site. */
struct frame_unwind {
    uint32_t frame_bytes; /* CFA - stack pointer */
    uint8_t fp_slot;      /* register that holds CFA + fp_offset; or NO_SLOT */
    int32_t fp_offset;
    uint8_t saved_count;
    uint64_t saved_slots; /* as a set */
    struct {
        uint8_t slot;
        uint32_t below_cfa; /* saved at CFA - below_cfa */
    } saved[ISA_MAX_REGS];
};

enum location_kind { LOCATION_REGISTER, LOCATION_STACK, LOCATION_CONSTANT };

struct frame_location {
    enum location_kind kind;
    uint8_t slot;       /* register */
    uint32_t sp_offset; /* stack: bytes above the stack pointer */
    uint64_t constant;
};

struct location_cursor {
    const uint8_t *next, *end;
    uint32_t left;
};

/* Call sites read lately: deep stacks are mostly a few functions again and
 * again. Caller-owned, frame_cache_init() first; only for one set of frame maps and
 * either look-up, by return address or by id. */
#define FRAME_CACHE_ENTRIES 16
struct frame_cache {
    struct frame_cached {
        uint64_t key; /* 0: empty */
        struct frame_site site;
        struct frame_unwind unwind;
    } entry[FRAME_CACHE_ENTRIES];
};

static inline void frame_cache_init(struct frame_cache *cache)
{
    for (unsigned i = 0; i < FRAME_CACHE_ENTRIES; i++) {
        cache->entry[i].key = 0;
    }
}

/* A call site with its unwind record, valid until the cache's next use. 0,
 * -ENOENT or -EBADMSG. */
int frame_cache_find_pc(struct frame_cache *cache,
                        const struct frame_maps *maps, uint64_t pc,
                        const struct frame_cached **found);
int frame_cache_find_id(struct frame_cache *cache,
                        const struct frame_maps *maps, uint32_t call_site,
                        const struct frame_cached **found);

/* 0, -ENOENT or -EBADMSG each. `number` counts entries from 0, by address. */
int frame_maps_find_pc(const struct frame_maps *maps, uint64_t pc,
                       struct frame_site *site);
int frame_maps_find_id(const struct frame_maps *maps, uint32_t call_site,
                       struct frame_site *site);
int frame_maps_entry(const struct frame_maps *maps, uint32_t number,
                     struct frame_site *site);

/* 0 or -EBADMSG each. */
int frame_unwind_read(const struct frame_maps *maps, uint32_t offset,
                      struct frame_unwind *unwind);
int frame_locations_begin(const struct frame_maps *maps, uint32_t offset,
                          struct location_cursor *cursor);
int frame_locations_next(struct location_cursor *cursor,
                         struct frame_location *location);

#endif
