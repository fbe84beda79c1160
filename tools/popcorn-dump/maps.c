/* Frame maps: one entry for each return address. */
#include "tools/popcorn-dump/dump.h"

#include <errno.h>
#include <stdio.h>

void image_frame_maps(const char *path, const struct popcorn_pack_image *image,
                      struct symbols *symbols, struct frame_maps *maps)
{
    struct popcorn_error error = {0};
    const struct isa *isa = popcorn_isa_by_elf_machine(image->elf_machine);
    size_t size_bytes;
    const void *bytes = NULL;

    if (isa == NULL) {
        fail("%s: its %s image is for an ISA this popcorn-dump does not know",
             path, image->isa);
    }
    if (symbols != NULL) {
        bytes = symbols_range(symbols, "__popcorn_framemap_start",
                              "__popcorn_framemap_end", &size_bytes);
    }
    if (bytes == NULL) {
        fail("%s: its %s image has no symbols that say where the frame maps "
             "are (was it stripped?)",
             path, image->isa);
    }
    if (frame_maps_open(maps, isa, bytes, size_bytes, &error) != 0) {
        fail("%s: %s: %s", path, image->isa, error.text);
    }
}

static const char *reg_name(const struct isa *isa, unsigned slot)
{
    for (unsigned i = 0; i < isa->reg_count; i++) {
        if (isa->regs[i].slot == slot) {
            return isa->regs[i].name;
        }
    }
    return "?";
}

static void corrupt(const struct frame_maps *maps, uint32_t number)
{
    fail("frame maps for %s are corrupt at entry %u", maps->isa->name, number);
}

/* An entry with all that belongs to it. */
struct entry {
    struct frame_site site;
    struct frame_unwind unwind;
    struct location_cursor cursor;
    struct place place;
};

static void read_entry(const struct frame_maps *maps, uint32_t number,
                       struct symbols *symbols, struct entry *entry)
{
    if (frame_maps_entry(maps, number, &entry->site) != 0 ||
        frame_unwind_read(maps, entry->site.unwind, &entry->unwind) != 0 ||
        frame_locations_begin(maps, entry->site.locations, &entry->cursor)) {
        corrupt(maps, number);
    }
    symbols_find(symbols, entry->site.pc, &entry->place);
}

static void location_text(const struct isa *isa,
                          const struct frame_location *location, char *text,
                          size_t room)
{
    switch (location->kind) {
    case LOCATION_REGISTER:
        snprintf(text, room, "%s", reg_name(isa, location->slot));
        return;
    case LOCATION_STACK:
        snprintf(text, room, "[sp+%u]", location->sp_offset);
        return;
    case LOCATION_CONSTANT:
        snprintf(text, room, "constant 0x%llx",
                 (unsigned long long)location->constant);
        return;
    }
}

static void saved_text(const struct isa *isa, const struct frame_unwind *unwind)
{
    printf("    saved:");
    for (unsigned i = 0; i < unwind->saved_count; i++) {
        printf(" %s [CFA-%u]", reg_name(isa, unwind->saved[i].slot),
               unwind->saved[i].below_cfa);
    }
    if (unwind->fp_slot != NO_SLOT) {
        printf("; frame pointer: %s = CFA%+d", reg_name(isa, unwind->fp_slot),
               unwind->fp_offset);
    }
    putchar('\n');
}

void dump_frame_maps_text(const struct frame_maps *maps,
                          struct symbols *symbols)
{
    printf("frame maps for %s: %u return addresses, call sites 1..%u, "
           "%llu bytes\n",
           maps->isa->name, maps->site_count, maps->id_count,
           (unsigned long long)maps->size_bytes);
    for (uint32_t i = 0; i < maps->site_count; i++) {
        struct entry entry;
        char text[600];
        read_entry(maps, i, symbols, &entry);
        place_text(&entry.place, text, sizeof text);
        printf("0x%llx call site %u%s, frame of %u bytes%s%s\n",
               (unsigned long long)entry.site.pc, entry.site.call_site,
               entry.site.token ? " with frame token" : "",
               entry.unwind.frame_bytes, text[0] ? " " : "", text);
        if (entry.unwind.saved_count != 0) {
            saved_text(maps->isa, &entry.unwind);
        }
        for (unsigned k = 0; entry.cursor.left != 0; k++) {
            struct frame_location location;
            if (frame_locations_next(&entry.cursor, &location) != 0) {
                corrupt(maps, i);
            }
            location_text(maps->isa, &location, text, sizeof text);
            printf("    value %u: %s\n", k, text);
        }
    }
}

static cJSON *entry_json(const struct frame_maps *maps, uint32_t number,
                         struct symbols *symbols)
{
    const struct isa *isa = maps->isa;
    cJSON *object = cJSON_CreateObject(), *list;
    struct entry entry;

    read_entry(maps, number, symbols, &entry);
    add_hex(object, "return_address", entry.site.pc);
    cJSON_AddNumberToObject(object, "call_site", entry.site.call_site);
    cJSON_AddBoolToObject(object, "frame_token", entry.site.token);
    cJSON_AddNumberToObject(object, "frame_bytes", entry.unwind.frame_bytes);
    place_json(&entry.place, object);
    list = cJSON_AddArrayToObject(object, "saved");
    for (unsigned i = 0; i < entry.unwind.saved_count; i++) {
        cJSON *saved = cJSON_CreateObject();
        cJSON_AddStringToObject(saved, "register",
                                reg_name(isa, entry.unwind.saved[i].slot));
        cJSON_AddNumberToObject(saved, "offset_from_cfa",
                                -(double)entry.unwind.saved[i].below_cfa);
        cJSON_AddItemToArray(list, saved);
    }
    if (entry.unwind.fp_slot != NO_SLOT) {
        cJSON *fp = cJSON_AddObjectToObject(object, "frame_pointer");
        cJSON_AddStringToObject(fp, "register",
                                reg_name(isa, entry.unwind.fp_slot));
        cJSON_AddNumberToObject(fp, "offset_from_cfa", entry.unwind.fp_offset);
    }
    list = cJSON_AddArrayToObject(object, "values");
    while (entry.cursor.left != 0) {
        struct frame_location location;
        char text[64];
        if (frame_locations_next(&entry.cursor, &location) != 0) {
            corrupt(maps, number);
        }
        location_text(isa, &location, text, sizeof text);
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
    }
    return object;
}

cJSON *dump_frame_maps_json(const struct frame_maps *maps,
                            struct symbols *symbols)
{
    cJSON *object = cJSON_CreateObject(), *list;

    cJSON_AddStringToObject(object, "isa", maps->isa->name);
    cJSON_AddNumberToObject(object, "bytes", (double)maps->size_bytes);
    cJSON_AddNumberToObject(object, "last_call_site", maps->id_count);
    list = cJSON_AddArrayToObject(object, "return_addresses");
    for (uint32_t i = 0; i < maps->site_count; i++) {
        cJSON_AddItemToArray(list, entry_json(maps, i, symbols));
    }
    return object;
}
