/* Fuzz target: a frame-map blob and a thread state, both hostile. The checksum
 * and the sizes in the header are put right, so that the decoder behind them
 * is reached. Nothing may crash, and what rebuilds must be capturable.
 *
 * Input: u16 length of the blob, u32 frame count, blob, frame records.
 */
#include <stdio.h>

#include "runtime/stack/token_frames.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/frame_maps.h"

#define FUZZ_STACK 65536

/* Makes the header fit `size_bytes` and its ISA one there is. */
static const struct isa *mend(uint8_t *blob, size_t size_bytes)
{
    struct frame_map_header header;
    const struct isa *isa;

    memcpy(&header, blob, sizeof header);
    isa = popcorn_isas[header.elf_machine % 2];
    header.magic = FRAME_MAP_MAGIC;
    header.version = FRAME_MAP_VERSION;
    header.header_bytes = sizeof header;
    header.elf_machine = isa->elf_machine;
    header.total_bytes = (uint32_t)size_bytes;
    header.checksum = 0;
    header.checksum =
        checksum64_headed(&header, sizeof header, blob + sizeof header,
                          size_bytes - sizeof header);
    memcpy(blob, &header, sizeof header);
    return isa;
}

static void walk_everything(const struct frame_maps *maps)
{
    for (uint32_t i = 0; i < maps->site_count && i < 4096; i++) {
        struct frame_site site, found;
        struct frame_unwind unwind;
        struct location_cursor cursor;
        struct frame_location location;
        if (frame_maps_entry(maps, i, &site) != 0) {
            continue;
        }
        frame_maps_find_pc(maps, site.pc, &found);
        frame_maps_find_id(maps, site.call_site, &found);
        frame_unwind_read(maps, site.unwind, &unwind);
        if (frame_locations_begin(maps, site.locations, &cursor) == 0) {
            while (frame_locations_next(&cursor, &location) == 0) {
            }
        }
    }
}

static void transform(const struct frame_maps *maps, const uint8_t *records,
                      size_t size_bytes, uint32_t frames)
{
    static uint8_t stack[FUZZ_STACK], state[FUZZ_STACK];
    struct stack_view view = {STACK_BASE, stack, sizeof stack};
    struct popcorn_context context, target;
    uint64_t failing_pc;
    uint32_t count;

    memset(stack, 0, sizeof stack);
    if (stack_rebuild(maps, records, size_bytes, frames, &view, OUTERMOST_PC,
                      &context, NULL) == 0) {
        stack_capture(maps, &context, &view, OUTERMOST_PC, state, sizeof state,
                      &count, &failing_pc, NULL);
        stack_unwind_to_token(maps, &context, &view, OUTERMOST_PC, 0, 1,
                              &target, NULL);
    }
    /* A stack of hostile bytes. */
    memset(&context, 0x41, sizeof context);
    memcpy(stack, records,
           size_bytes < sizeof stack ? size_bytes : sizeof stack);
    context.sp = STACK_BASE;
    context.pc = maps->text_base;
    stack_capture(maps, &context, &view, OUTERMOST_PC, state, sizeof state,
                  &count, &failing_pc, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct frame_maps maps;
    const struct isa *isa;
    uint16_t blob_bytes;
    uint32_t frames;
    uint8_t *blob, *records;
    size_t record_bytes;

    frame_maps_open(&maps, popcorn_isas[0], data, size_bytes, NULL);
    if (size_bytes < 6) {
        return 0;
    }
    memcpy(&blob_bytes, data, 2);
    memcpy(&frames, data + 2, 4);
    if (blob_bytes < sizeof(struct frame_map_header) ||
        size_bytes - 6 < blob_bytes) {
        return 0;
    }
    /* Exact allocations: the sanitizer sees one byte too far. */
    record_bytes = size_bytes - 6 - blob_bytes;
    blob = malloc(blob_bytes);
    records = malloc(record_bytes + 1);
    memcpy(blob, data + 6, blob_bytes);
    memcpy(records, data + 6 + blob_bytes, record_bytes);
    isa = mend(blob, blob_bytes);
    if (frame_maps_open(&maps, isa, blob, blob_bytes, NULL) == 0) {
        walk_everything(&maps);
        transform(&maps, records, record_bytes, frames % 64);
    }
    free(blob);
    free(records);
    return 0;
}

void fuzz_start(void) {}

/* The bytes of a golden file from `skip` on; how many. */
static size_t golden(const char *name, size_t skip, uint8_t *bytes)
{
    char path[1024];
    size_t count = 0;
    unsigned byte;
    FILE *file;

    snprintf(path, sizeof path,
             FUZZ_SOURCE "/tests/unit/runtime/stack/golden/%s", name);
    file = fopen(path, "r");
    MUST(file != NULL);
    while (fscanf(file, "%2x", &byte) == 1) {
        if (skip != 0) {
            skip--;
        } else {
            bytes[count++] = (uint8_t)byte;
        }
    }
    fclose(file);
    return count;
}

static void seed(const char *name, const char *file)
{
    static uint8_t bytes[4096];
    struct fuzz_output output = {0};
    size_t blob_bytes = golden(file, 0, bytes);

    fuzz_put_number(&output, blob_bytes, 2);
    fuzz_put_number(&output, 3, 4);
    fuzz_put(&output, bytes, blob_bytes);
    fuzz_put(&output, bytes,
             golden("state.hex", sizeof(struct pts_header), bytes));
    fuzz_seed(name, output.bytes, output.used);
}

void fuzz_seeds(void)
{
    seed("x86_64", "x86_64.hex");
    seed("aarch64", "aarch64.hex");
}
