/* Frame maps of several ISAs must agree on everything a portable thread state
 * holds: which call sites there are, how many live values each has, which carry
 * a frame token. Reads finished blobs with the run-time decoder, so it also
 * checks the encoder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/framemap/framemap.h"
#include "runtime/stack/frame_map_format.h"
#include "runtime/stack/frame_maps.h"

static void load_blob(const char *path, struct frame_maps *maps)
{
    FILE *file = fopen(path, "rb");
    struct popcorn_error error = {0};
    struct frame_map_header header;
    const struct isa *isa;
    uint8_t *bytes;
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
        (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    bytes = allocate(NULL, (size_t)size + 1, 1);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        fail("%s: cannot read it", path);
    }
    fclose(file);
    if ((size_t)size < sizeof header) {
        fail("%s: not frame maps: %ld bytes", path, size);
    }
    memcpy(&header, bytes, sizeof header);
    isa = popcorn_isa_by_elf_machine(header.elf_machine);
    if (isa == NULL) {
        fail("%s: not frame maps of an ISA this knows", path);
    }
    if (frame_maps_open(maps, isa, bytes, (uint64_t)size, &error) != 0) {
        fail("%s: %s", path, error.text);
    }
}

static uint32_t value_count(const struct frame_maps *maps,
                            const struct frame_site *site)
{
    struct location_cursor cursor;

    if (frame_locations_begin(maps, site->locations, &cursor) != 0) {
        fail("call site %u on %s: corrupt location list", site->call_site,
             maps->isa->name);
    }
    return cursor.left;
}

/* Every site of `a` is in `b`, alike. */
static void compare(const struct frame_maps *a, const struct frame_maps *b)
{
    for (uint32_t id = 1; id <= a->id_count; id++) {
        struct frame_site x, y;
        uint32_t x_values, y_values;
        int in_a = frame_maps_find_id(a, id, &x);
        int in_b = frame_maps_find_id(b, id, &y);
        if (in_a == -ENOENT) {
            continue;
        }
        if (in_a != 0 || (in_b != 0 && in_b != -ENOENT)) {
            fail("call site %u: its frame map is corrupt", id);
        }
        if (in_b != 0) {
            fail("call site %u is in the %s image (return address 0x%llx) but "
                 "not in the %s image",
                 id, a->isa->name, (unsigned long long)x.pc, b->isa->name);
        }
        x_values = value_count(a, &x);
        y_values = value_count(b, &y);
        if (x_values != y_values || x.token != y.token) {
            fail("call site %u has %u live values%s on %s (return address "
                 "0x%llx) and %u%s on %s (0x%llx)",
                 id, x_values, x.token ? " with a frame token" : "",
                 a->isa->name, (unsigned long long)x.pc, y_values,
                 y.token ? " with a frame token" : "", b->isa->name,
                 (unsigned long long)y.pc);
        }
    }
}

int compare_blobs(char **paths, int count)
{
    struct frame_maps *maps = allocate(NULL, (size_t)count, sizeof *maps);

    for (int i = 0; i < count; i++) {
        load_blob(paths[i], &maps[i]);
    }
    for (int i = 1; i < count; i++) {
        compare(&maps[0], &maps[i]);
        compare(&maps[i], &maps[0]);
    }
    for (int i = 0; i < count; i++) {
        free((void *)(uintptr_t)maps[i].bytes);
    }
    free(maps);
    return 0;
}
