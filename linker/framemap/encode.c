/* The blob: pools of unlike unwind records and location lists, most used
 * first, so that their offsets are short; then the entries.
 */
#include <stdlib.h>
#include <string.h>

#include "linker/framemap/framemap.h"
#include "runtime/stack/checksum.h"
#include "runtime/stack/frame_map_format.h"

struct bytes {
    uint8_t *data;
    size_t size_bytes, room;
};

static void put_bytes(struct bytes *out, const void *data, size_t size_bytes)
{
    if (out->room - out->size_bytes < size_bytes) {
        out->room = (out->room + size_bytes) * 2;
        out->data = allocate(out->data, out->room, 1);
    }
    if (size_bytes != 0) { /* else both may be NULL */
        memcpy(out->data + out->size_bytes, data, size_bytes);
    }
    out->size_bytes += size_bytes;
}

static void put_varint(struct bytes *out, uint64_t value)
{
    uint8_t byte;

    do {
        byte = value & 0x7f;
        value >>= 7;
        if (value != 0) {
            byte |= 0x80;
        }
        put_bytes(out, &byte, 1);
    } while (value != 0);
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

/* --- a pool of byte strings, each kept once --- */

struct item {
    uint8_t *data;
    size_t size_bytes;
    uint64_t uses;
    uint32_t number; /* in order of appearance */
    uint32_t offset; /* once laid out */
};

struct pool {
    struct item *items;
    size_t count, room;
    uint32_t *table; /* number + 1 by hash; 0: free */
    size_t table_size;
};

static size_t hash_of(const struct bytes *key, size_t table_size)
{
    return checksum64(key->data, key->size_bytes) & (table_size - 1);
}

static void grow_table(struct pool *pool)
{
    pool->table_size = pool->table_size ? pool->table_size * 2 : 1024;
    free(pool->table);
    pool->table = calloc(pool->table_size, sizeof *pool->table);
    if (pool->table == NULL) {
        fail("out of memory");
    }
    for (size_t i = 0; i < pool->count; i++) {
        struct bytes key = {pool->items[i].data, pool->items[i].size_bytes, 0};
        size_t at = hash_of(&key, pool->table_size);
        while (pool->table[at] != 0) {
            at = (at + 1) & (pool->table_size - 1);
        }
        pool->table[at] = (uint32_t)i + 1;
    }
}

static uint32_t intern(struct pool *pool, const struct bytes *key)
{
    size_t at;

    if (pool->count * 2 >= pool->table_size) {
        grow_table(pool);
    }
    at = hash_of(key, pool->table_size);
    while (pool->table[at] != 0) {
        struct item *item = &pool->items[pool->table[at] - 1];
        if (item->size_bytes == key->size_bytes &&
            memcmp(item->data, key->data, key->size_bytes) == 0) {
            item->uses++;
            return item->number;
        }
        at = (at + 1) & (pool->table_size - 1);
    }
    if (pool->count == pool->room) {
        pool->room = pool->room ? pool->room * 2 : 256;
        pool->items = allocate(pool->items, pool->room, sizeof *pool->items);
    }
    struct item *item = &pool->items[pool->count];
    *item = (struct item){allocate(NULL, key->size_bytes + 1, 1),
                          key->size_bytes, 1, (uint32_t)pool->count, 0};
    memcpy(item->data, key->data, key->size_bytes);
    pool->table[at] = (uint32_t)++pool->count;
    return item->number;
}

static int by_use(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a;
    const struct item *y = *(struct item *const *)b;

    return x->uses != y->uses      ? (x->uses > y->uses ? -1 : 1)
           : x->number < y->number ? -1
                                   : x->number > y->number;
}

static struct bytes lay_out_pool(struct pool *pool)
{
    struct item **order = allocate(NULL, pool->count + 1, sizeof *order);
    struct bytes out = {0};

    for (size_t i = 0; i < pool->count; i++) {
        order[i] = &pool->items[i];
    }
    qsort(order, pool->count, sizeof *order, by_use);
    for (size_t i = 0; i < pool->count; i++) {
        order[i]->offset = (uint32_t)out.size_bytes;
        put_bytes(&out, order[i]->data, order[i]->size_bytes);
    }
    free(order);
    return out;
}

static void free_pool(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        free(pool->items[i].data);
    }
    free(pool->items);
    free(pool->table);
}

/* --- records --- */

static void put_unwind(struct bytes *out, const struct image *image,
                       const struct unwind_rule *unwind)
{
    uint64_t mask = 0;
    unsigned bit = 0, next = 0;

    for (unsigned i = 0; i < image->isa->reg_count; i++) {
        if (image->isa->regs[i].callee_saved == 0) {
            continue;
        }
        if (next < unwind->saved_count &&
            unwind->saved[next].slot == image->isa->regs[i].slot) {
            mask |= UINT64_C(1) << bit;
            next++;
        }
        bit++;
    }
    put_varint(out, unwind->frame_bytes / image->isa->stack_align);
    put_varint(out, mask << 1 | unwind->has_fp);
    for (unsigned i = 0; i < unwind->saved_count; i++) {
        put_varint(out, unwind->saved[i].below_cfa / 8);
    }
    if (unwind->has_fp) {
        put_varint(out, unwind->fp_slot);
        put_varint(out, zigzag(unwind->fp_offset / 8));
    }
}

static void put_locations(struct bytes *out, const struct image *image,
                          const struct call_site *site)
{
    put_varint(out, site->value_count);
    for (unsigned i = 0; i < site->value_count; i++) {
        const struct raw_location *location = &site->values[i];
        switch ((enum raw_kind)location->kind) {
        case RAW_REGISTER:
            put_varint(out, (uint64_t)slot_of(image->isa, location->dwarf_reg));
            break;
        case RAW_INDIRECT:
            put_varint(out,
                       FRAME_MAP_STACK +
                           (uint64_t)sp_offset_of(image, site, location) / 8);
            break;
        case RAW_CONSTANT:
            put_varint(out, FRAME_MAP_CONSTANT);
            put_varint(out, zigzag(location->offset));
            break;
        case RAW_CONSTANT_INDEX:
            put_varint(out, FRAME_MAP_CONSTANT);
            put_varint(out, zigzag((int64_t)location->constant));
            break;
        case RAW_DIRECT:
            abort(); /* check_sites refused it */
        }
    }
}

static void intern_records(struct image *image, struct pool *unwinds,
                           struct pool *lists)
{
    struct bytes key = {0};

    for (size_t i = 0; i < image->site_count; i++) {
        struct call_site *site = &image->sites[i];
        key.size_bytes = 0;
        put_unwind(&key, image, &site->unwind);
        site->unwind_item = intern(unwinds, &key);
        key.size_bytes = 0;
        put_locations(&key, image, site);
        site->location_item = intern(lists, &key);
    }
    free(key.data);
}

static int by_pc(const void *a, const void *b)
{
    const struct call_site *x = a, *y = b;

    return x->pc < y->pc ? -1 : x->pc > y->pc;
}

static void put_entries(const struct image *image, const struct pool *unwinds,
                        const struct pool *lists, uint64_t base,
                        unsigned pc_unit, struct bytes *blocks,
                        struct bytes *entries)
{
    uint32_t last_unwind = UINT32_MAX;
    int64_t last_id = 0;
    uint64_t last_pc = 0;

    for (size_t i = 0; i < image->site_count; i++) {
        const struct call_site *site = &image->sites[i];
        uint64_t pc = (site->pc - base) / pc_unit;
        uint32_t unwind = unwinds->items[site->unwind_item].offset;
        if (i % FRAME_MAP_BLOCK == 0) {
            struct frame_map_block block = {(uint32_t)pc,
                                            (uint32_t)entries->size_bytes};
            put_bytes(blocks, &block, sizeof block);
            last_unwind = UINT32_MAX;
            last_id = 0;
        } else {
            if (pc == last_pc) {
                fail_at(image, site,
                        "shares its return address with call "
                        "site %u",
                        site[-1].id);
            }
            put_varint(entries, pc - last_pc);
        }
        put_varint(entries,
                   zigzag((int64_t)site->id - last_id) << 1 | site->token);
        put_varint(entries, unwind == last_unwind ? 0 : (uint64_t)unwind + 1);
        put_varint(entries, lists->items[site->location_item].offset);
        last_unwind = unwind;
        last_id = site->id;
        last_pc = pc;
    }
}

/* Call-site id -> its first entry. */
static struct bytes make_ranks(const struct image *image, uint32_t id_count,
                               uint8_t *rank_bytes)
{
    uint32_t *rank = allocate(NULL, (size_t)id_count + 1, sizeof *rank);
    struct bytes out = {0};

    *rank_bytes = 1;
    while (*rank_bytes < 4 &&
           image->site_count >= (UINT64_C(1) << 8 * *rank_bytes) - 1) {
        ++*rank_bytes;
    }
    for (uint32_t id = 0; id <= id_count; id++) {
        rank[id] = UINT32_MAX;
    }
    for (size_t i = image->site_count; i-- > 0;) {
        rank[image->sites[i].id] = (uint32_t)i;
    }
    for (uint32_t id = 1; id <= id_count; id++) {
        put_bytes(&out, &rank[id], *rank_bytes);
    }
    free(rank);
    return out;
}

static void seal(struct bytes *blob)
{
    struct frame_map_header header;

    memcpy(&header, blob->data, sizeof header);
    header.total_bytes = (uint32_t)blob->size_bytes;
    header.checksum = 0;
    header.checksum =
        checksum64_headed(&header, sizeof header, blob->data + sizeof header,
                          blob->size_bytes - sizeof header);
    memcpy(blob->data, &header, sizeof header);
}

static unsigned pc_unit_of(const struct image *image)
{
    for (size_t i = 0; i < image->site_count; i++) {
        if (image->sites[i].pc % 4 != 0) {
            return 1;
        }
    }
    return 4;
}

uint8_t *encode(struct image *image, size_t *size_bytes,
                struct encoding_stats *stats)
{
    struct pool unwinds = {0}, lists = {0};
    struct bytes blocks = {0}, entries = {0}, blob = {0};
    struct bytes ranks, unwind_bytes, location_bytes;
    struct frame_map_header header = {
        .magic = FRAME_MAP_MAGIC,
        .version = FRAME_MAP_VERSION,
        .header_bytes = sizeof header,
        .elf_machine = image->isa->elf_machine,
        .site_count = (uint32_t)image->site_count,
    };

    if (image->site_count != 0) {
        qsort(image->sites, image->site_count, sizeof *image->sites, by_pc);
    }
    header.pc_unit = (uint8_t)pc_unit_of(image);
    for (size_t i = 0; i < image->site_count; i++) {
        if (image->sites[i].id > header.id_count) {
            header.id_count = image->sites[i].id;
        }
        stats->values += image->sites[i].value_count;
    }
    if (image->site_count != 0) {
        header.text_base = image->sites[0].pc;
        if (image->sites[image->site_count - 1].pc - header.text_base >
            UINT32_MAX) {
            fail("%s: its code is spread over more than 4 GiB", image->path);
        }
    }
    intern_records(image, &unwinds, &lists);
    unwind_bytes = lay_out_pool(&unwinds);
    location_bytes = lay_out_pool(&lists);
    put_entries(image, &unwinds, &lists, header.text_base, header.pc_unit,
                &blocks, &entries);
    ranks = make_ranks(image, header.id_count, &header.rank_bytes);
    header.sites_bytes = (uint32_t)entries.size_bytes;
    header.unwinds_bytes = (uint32_t)unwind_bytes.size_bytes;
    header.locations_bytes = (uint32_t)location_bytes.size_bytes;
    put_bytes(&blob, &header, sizeof header);
    put_bytes(&blob, blocks.data, blocks.size_bytes);
    put_bytes(&blob, ranks.data, ranks.size_bytes);
    put_bytes(&blob, entries.data, entries.size_bytes);
    put_bytes(&blob, unwind_bytes.data, unwind_bytes.size_bytes);
    put_bytes(&blob, location_bytes.data, location_bytes.size_bytes);
    seal(&blob);
    stats->ids = header.id_count;
    stats->entries = image->site_count;
    stats->unwinds = unwinds.count;
    stats->lists = lists.count;
    stats->block_bytes = blocks.size_bytes;
    stats->rank_bytes = ranks.size_bytes;
    stats->site_bytes = entries.size_bytes;
    stats->unwind_bytes = unwind_bytes.size_bytes;
    stats->location_bytes = location_bytes.size_bytes;
    free(blocks.data);
    free(ranks.data);
    free(entries.data);
    free(unwind_bytes.data);
    free(location_bytes.data);
    free_pool(&unwinds);
    free_pool(&lists);
    *size_bytes = blob.size_bytes;
    return blob.data;
}
