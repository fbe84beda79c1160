/* The frame-map decoder.
 *
 * Look-up by return address: binary search over blocks, then a scan of at most
 * FRAME_MAP_BLOCK entries. By call-site id: the rank table gives the entry.
 */
#include "runtime/stack/frame_maps.h"

#include "isa/neutral/abi.h"
#include "runtime/stack/checksum.h"
#include "runtime/stack/frame_map_format.h"

static uint32_t load32(const uint8_t *bytes)
{
    uint32_t value;

    __builtin_memcpy(&value, bytes, sizeof value);
    return value;
}

/* LEB128; false past the end or past 64 bits. */
static bool read_varint(const uint8_t **next, const uint8_t *end,
                        uint64_t *value)
{
    const uint8_t *p = *next;
    uint64_t result = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (p == end) {
            return false;
        }
        result |= (uint64_t)(*p & 0x7f) << shift;
        if (*p++ < 0x80) {
            *next = p;
            *value = result;
            return true;
        }
    }
    return false;
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

/* The checksum as it was computed: over the blob with the field 0. */
static uint64_t blob_checksum(const uint8_t *bytes, uint64_t size_bytes)
{
    struct frame_map_header header;

    __builtin_memcpy(&header, bytes, sizeof header);
    header.checksum = 0;
    return checksum64_headed(&header, sizeof header, bytes + sizeof header,
                             size_bytes - sizeof header);
}

static void learn_isa(struct frame_maps *maps, const struct isa *isa)
{
    maps->isa = isa;
    maps->ra_slot = NO_SLOT;
    maps->saved_count = 0;
    maps->saved_slots = 0;
    for (unsigned i = 0; i < isa->reg_count; i++) {
        const struct isa_reg *reg = &isa->regs[i];
        if (reg->dwarf_reg == isa->sp_dwarf_reg) {
            maps->sp_slot = reg->slot;
        }
        if (isa->ra_offset_from_cfa == 0 &&
            reg->dwarf_reg == isa->ra_dwarf_reg) {
            maps->ra_slot = reg->slot;
        } else if (reg->callee_saved != 0) {
            maps->saved_slots |= UINT64_C(1) << reg->slot;
        }
        if (reg->callee_saved != 0) {
            maps->saved_slot[maps->saved_count++] = reg->slot;
        }
    }
}

static int check_header(const struct frame_map_header *header,
                        const struct isa *isa, const uint8_t *bytes,
                        uint64_t size_bytes, struct popcorn_error *error)
{
    if (header->magic != FRAME_MAP_MAGIC) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "not frame maps (magic %lx)",
                                 (uint64_t)header->magic);
    }
    if (header->version != FRAME_MAP_VERSION ||
        header->header_bytes != sizeof *header) {
        return popcorn_error_set(
            error, -NEUTRAL_EBADMSG,
            "frame maps of version %u, this is for version %u: link the "
            "program again with this popcorn-clang",
            (uint32_t)header->version, (uint32_t)FRAME_MAP_VERSION);
    }
    if (header->total_bytes != size_bytes ||
        blob_checksum(bytes, size_bytes) != header->checksum) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "frame maps are truncated or corrupt (%lu "
                                 "bytes, header says %lu)",
                                 size_bytes, (uint64_t)header->total_bytes);
    }
    if (header->elf_machine != isa->elf_machine) {
        const struct isa *other =
            popcorn_isa_by_elf_machine(header->elf_machine);
        return popcorn_error_set(
            error, -NEUTRAL_EINVAL, "frame maps are for %s, not %s",
            other != NULL ? other->name : "another ISA", isa->name);
    }
    return 0;
}

int frame_maps_open(struct frame_maps *maps, const struct isa *isa,
                    const void *bytes, uint64_t size_bytes,
                    struct popcorn_error *error)
{
    struct frame_map_header header;
    uint64_t blocks, expected;
    int result;

    if (size_bytes < sizeof header) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "frame maps are truncated (%lu bytes)",
                                 size_bytes);
    }
    __builtin_memcpy(&header, bytes, sizeof header);
    result = check_header(&header, isa, bytes, size_bytes, error);
    if (result != 0) {
        return result;
    }
    blocks =
        ((uint64_t)header.site_count + FRAME_MAP_BLOCK - 1) / FRAME_MAP_BLOCK;
    expected = sizeof header + blocks * sizeof(struct frame_map_block) +
               (uint64_t)header.id_count * header.rank_bytes +
               header.sites_bytes + (uint64_t)header.unwinds_bytes +
               header.locations_bytes;
    if (expected != size_bytes || header.rank_bytes < 1 ||
        header.rank_bytes > 4 || header.pc_unit == 0) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "frame maps are corrupt: their tables do "
                                 "not fit their size");
    }
    learn_isa(maps, isa);
    maps->bytes = bytes;
    maps->size_bytes = size_bytes;
    maps->text_base = header.text_base;
    maps->block_count = (uint32_t)blocks;
    maps->site_count = header.site_count;
    maps->id_count = header.id_count;
    maps->sites_bytes = header.sites_bytes;
    maps->unwinds_bytes = header.unwinds_bytes;
    maps->locations_bytes = header.locations_bytes;
    maps->pc_unit = header.pc_unit;
    maps->rank_bytes = header.rank_bytes;
    maps->blocks = maps->bytes + sizeof header;
    maps->ranks = maps->blocks + blocks * sizeof(struct frame_map_block);
    maps->sites = maps->ranks + (uint64_t)header.id_count * header.rank_bytes;
    maps->unwinds = maps->sites + header.sites_bytes;
    maps->locations = maps->unwinds + header.unwinds_bytes;
    return 0;
}

/* An entry as read so far while scanning a block. */
struct scan {
    const uint8_t *next, *end;
    uint64_t pc; /* in units from text_base */
    uint64_t id_and_token;
    uint64_t unwind; /* offset + 1; 0: none yet */
    uint64_t locations;
    int64_t id;
};

static bool scan_start(const struct frame_maps *maps, uint32_t block,
                       struct scan *scan)
{
    const uint8_t *entry = maps->blocks + (uint64_t)block * 8;
    uint32_t stream = load32(entry + 4);

    if (stream >= maps->sites_bytes) {
        return false;
    }
    scan->next = maps->sites + stream;
    scan->end = maps->sites + maps->sites_bytes;
    scan->pc = load32(entry);
    scan->id = 0;
    scan->unwind = 0;
    return true;
}

static bool scan_entry(struct scan *scan, bool first)
{
    uint64_t delta = 0, unwind;

    if (!first && !read_varint(&scan->next, scan->end, &delta)) {
        return false;
    }
    if (!read_varint(&scan->next, scan->end, &scan->id_and_token) ||
        !read_varint(&scan->next, scan->end, &unwind) ||
        !read_varint(&scan->next, scan->end, &scan->locations)) {
        return false;
    }
    scan->pc += delta;
    scan->id = (int64_t)((uint64_t)scan->id +
                         (uint64_t)unzigzag(scan->id_and_token >> 1));
    if (unwind != 0) {
        scan->unwind = unwind;
    }
    return true;
}

static int scan_result(const struct frame_maps *maps, const struct scan *scan,
                       struct frame_site *site)
{
    if (scan->id <= 0 || scan->id > maps->id_count || scan->unwind == 0 ||
        scan->unwind > maps->unwinds_bytes ||
        scan->locations >= maps->locations_bytes) {
        return -NEUTRAL_EBADMSG;
    }
    site->pc = maps->text_base + scan->pc * maps->pc_unit;
    site->call_site = (uint32_t)scan->id;
    site->token = scan->id_and_token & 1;
    site->unwind = (uint32_t)scan->unwind - 1;
    site->locations = (uint32_t)scan->locations;
    return 0;
}

static uint32_t entries_in_block(const struct frame_maps *maps, uint32_t block)
{
    uint32_t left = maps->site_count - block * FRAME_MAP_BLOCK;

    return left < FRAME_MAP_BLOCK ? left : FRAME_MAP_BLOCK;
}

int frame_maps_find_pc(const struct frame_maps *maps, uint64_t pc,
                       struct frame_site *site)
{
    uint64_t offset = pc - maps->text_base;
    uint32_t low = 0, high = maps->block_count;
    struct scan scan;

    if (pc < maps->text_base || offset % maps->pc_unit != 0) {
        return -NEUTRAL_ENOENT;
    }
    offset /= maps->pc_unit;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (load32(maps->blocks + (uint64_t)middle * 8) <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    if (high == 0) {
        return -NEUTRAL_ENOENT;
    }
    if (!scan_start(maps, low, &scan)) {
        return -NEUTRAL_EBADMSG;
    }
    for (uint32_t i = 0; i < entries_in_block(maps, low); i++) {
        if (!scan_entry(&scan, i == 0)) {
            return -NEUTRAL_EBADMSG;
        }
        if (scan.pc == offset) {
            return scan_result(maps, &scan, site);
        }
        if (scan.pc > offset) {
            break;
        }
    }
    return -NEUTRAL_ENOENT;
}

int frame_maps_entry(const struct frame_maps *maps, uint32_t number,
                     struct frame_site *site)
{
    struct scan scan;

    if (number >= maps->site_count) {
        return -NEUTRAL_ENOENT;
    }
    if (!scan_start(maps, number / FRAME_MAP_BLOCK, &scan)) {
        return -NEUTRAL_EBADMSG;
    }
    for (uint32_t i = 0; i <= number % FRAME_MAP_BLOCK; i++) {
        if (!scan_entry(&scan, i == 0)) {
            return -NEUTRAL_EBADMSG;
        }
    }
    return scan_result(maps, &scan, site);
}

int frame_maps_find_id(const struct frame_maps *maps, uint32_t call_site,
                       struct frame_site *site)
{
    uint32_t all_ones = UINT32_MAX >> (32 - 8 * maps->rank_bytes);
    uint32_t rank = 0;
    int result;

    if (call_site == 0 || call_site > maps->id_count) {
        return -NEUTRAL_ENOENT;
    }
    for (unsigned i = 0; i < maps->rank_bytes; i++) {
        rank |=
            (uint32_t)
                maps->ranks[(uint64_t)(call_site - 1) * maps->rank_bytes + i]
            << (8 * i);
    }
    if (rank == all_ones) {
        return -NEUTRAL_ENOENT;
    }
    result = frame_maps_entry(maps, rank, site);
    if (result == 0 && site->call_site == call_site) {
        return 0;
    }
    return -NEUTRAL_EBADMSG;
}

uint64_t frame_maps_return_address(const struct frame_maps *maps,
                                   uint32_t call_site)
{
    struct frame_site site;

    return frame_maps_find_id(maps, call_site, &site) == 0 ? site.pc : 0;
}

static int read_saved(const struct frame_maps *maps, const uint8_t **next,
                      const uint8_t *end, uint64_t mask,
                      struct frame_unwind *unwind)
{
    unwind->saved_count = 0;
    unwind->saved_slots = 0;
    if (mask >> maps->saved_count != 0) {
        return -NEUTRAL_EBADMSG;
    }
    for (unsigned i = 0; i < maps->saved_count; i++) {
        uint64_t words;
        if ((mask >> i & 1) == 0) {
            continue;
        }
        if (!read_varint(next, end, &words) || words == 0 ||
            words > unwind->frame_bytes / 8 ||
            (int64_t)words * -8 == maps->isa->ra_offset_from_cfa) {
            return -NEUTRAL_EBADMSG;
        }
        unwind->saved[unwind->saved_count].slot = maps->saved_slot[i];
        unwind->saved[unwind->saved_count].below_cfa = (uint32_t)words * 8;
        unwind->saved_slots |= UINT64_C(1) << maps->saved_slot[i];
        unwind->saved_count++;
    }
    return 0;
}

int frame_unwind_read(const struct frame_maps *maps, uint32_t offset,
                      struct frame_unwind *unwind)
{
    const uint8_t *next = maps->unwinds + offset;
    const uint8_t *end = maps->unwinds + maps->unwinds_bytes;
    uint64_t size, mask, slot, fp_offset;
    int result;

    if (offset >= maps->unwinds_bytes || !read_varint(&next, end, &size) ||
        size == 0 || size > (1u << 24) || !read_varint(&next, end, &mask)) {
        return -NEUTRAL_EBADMSG;
    }
    unwind->frame_bytes = (uint32_t)size * maps->isa->stack_align;
    result = read_saved(maps, &next, end, mask >> 1, unwind);
    if (result != 0) {
        return result;
    }
    unwind->fp_slot = NO_SLOT;
    unwind->fp_offset = 0;
    if (mask & 1) {
        if (!read_varint(&next, end, &slot) ||
            !read_varint(&next, end, &fp_offset) || slot >= ISA_MAX_REGS ||
            (unwind->saved_slots & maps->saved_slots & UINT64_C(1) << slot) ==
                0 ||
            fp_offset > (1u << 28)) {
            return -NEUTRAL_EBADMSG;
        }
        unwind->fp_slot = (uint8_t)slot;
        unwind->fp_offset = (int32_t)unzigzag(fp_offset) * 8;
    }
    /* Without the return address nothing above this frame can be found. */
    if (maps->ra_slot != NO_SLOT &&
        (unwind->saved_slots >> maps->ra_slot & 1) == 0) {
        return -NEUTRAL_EBADMSG;
    }
    return 0;
}

/* The entry of `key`: with it, or emptied for it. */
static struct frame_cached *cache_entry(struct frame_cache *cache, uint64_t key,
                                        bool *hit)
{
    struct frame_cached *entry =
        &cache->entry[(key * UINT64_C(0x9e3779b97f4a7c15) >> 60) %
                      FRAME_CACHE_ENTRIES];

    *hit = entry->key == key && key != 0;
    if (!*hit) {
        entry->key = 0;
    }
    return entry;
}

static int cache_fill(const struct frame_maps *maps, struct frame_cached *entry,
                      uint64_t key, int result)
{
    if (result == 0) {
        result = frame_unwind_read(maps, entry->site.unwind, &entry->unwind);
    }
    if (result == 0) {
        entry->key = key;
    }
    return result;
}

int frame_cache_find_pc(struct frame_cache *cache,
                        const struct frame_maps *maps, uint64_t pc,
                        const struct frame_cached **found)
{
    bool hit;
    struct frame_cached *entry = cache_entry(cache, pc, &hit);

    *found = entry;
    return hit ? 0
               : cache_fill(maps, entry, pc,
                            frame_maps_find_pc(maps, pc, &entry->site));
}

int frame_cache_find_id(struct frame_cache *cache,
                        const struct frame_maps *maps, uint32_t call_site,
                        const struct frame_cached **found)
{
    bool hit;
    struct frame_cached *entry = cache_entry(cache, call_site, &hit);

    *found = entry;
    return hit ? 0
               : cache_fill(maps, entry, call_site,
                            frame_maps_find_id(maps, call_site, &entry->site));
}

int frame_locations_begin(const struct frame_maps *maps, uint32_t offset,
                          struct location_cursor *cursor)
{
    uint64_t count;

    cursor->next = maps->locations + offset;
    cursor->end = maps->locations + maps->locations_bytes;
    if (offset >= maps->locations_bytes ||
        !read_varint(&cursor->next, cursor->end, &count) ||
        count > UINT16_MAX) {
        return -NEUTRAL_EBADMSG;
    }
    cursor->left = (uint32_t)count;
    return 0;
}

int frame_locations_next(struct location_cursor *cursor,
                         struct frame_location *location)
{
    uint64_t code, constant;

    if (cursor->left == 0 || !read_varint(&cursor->next, cursor->end, &code)) {
        return -NEUTRAL_EBADMSG;
    }
    cursor->left--;
    if (code >= FRAME_MAP_STACK) {
        code -= FRAME_MAP_STACK;
        if (code > (1u << 24)) {
            return -NEUTRAL_EBADMSG;
        }
        location->kind = LOCATION_STACK;
        location->sp_offset = (uint32_t)code * 8;
    } else if (code == FRAME_MAP_CONSTANT) {
        if (!read_varint(&cursor->next, cursor->end, &constant)) {
            return -NEUTRAL_EBADMSG;
        }
        location->kind = LOCATION_CONSTANT;
        location->constant = (uint64_t)unzigzag(constant);
    } else if (code < ISA_MAX_REGS) {
        location->kind = LOCATION_REGISTER;
        location->slot = (uint8_t)code;
    } else {
        return -NEUTRAL_EBADMSG;
    }
    return 0;
}
