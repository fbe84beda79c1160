/* A portable thread state. With its program, call sites get function and line
 * from the first image that has them. */
#include "tools/popcorn-dump/dump.h"

#include <stdio.h>
#include <string.h>

struct program {
    struct symbols *symbols;
    struct frame_maps maps;
    bool known;
};

/* All frames, before anything is printed. */
static void check_frames(const char *path, const uint8_t *bytes,
                         size_t size_bytes, uint32_t frame_count)
{
    size_t at = 0;

    for (uint32_t i = 0; i < frame_count; i++) {
        struct pts_frame frame;
        if (size_bytes - at < sizeof frame) {
            fail("%s: truncated at frame %u of %u", path, i, frame_count);
        }
        memcpy(&frame, bytes + at, sizeof frame);
        at += sizeof frame;
        if (frame.reserved != 0 ||
            size_bytes - at < (size_t)frame.value_count * 8) {
            fail("%s: truncated or corrupt at frame %u of %u", path, i,
                 frame_count);
        }
        at += (size_t)frame.value_count * 8;
    }
    if (at != size_bytes) {
        fail("%s: corrupt: %zu bytes after the last frame", path,
             size_bytes - at);
    }
}

static void open_program(const char *path, const struct popcorn_pack *pack,
                         const struct pts_header *header,
                         struct program *program)
{
    const struct popcorn_pack_info *info;

    program->known = false;
    if (pack == NULL) {
        return;
    }
    info = popcorn_pack_info(pack);
    if (memcmp(info->program_id, header->program_id, 32) != 0) {
        fail("%s: is a state of another program (the program ids differ)",
             path);
    }
    program->symbols =
        symbols_open(info->image[0].bytes, info->image[0].size_bytes);
    image_frame_maps(path, &info->image[0], program->symbols, &program->maps);
    program->known = true;
}

static void find_place(struct program *program, uint32_t call_site,
                       struct place *place)
{
    uint64_t pc = program->known
                      ? frame_maps_return_address(&program->maps, call_site)
                      : 0;

    memset(place, 0, sizeof *place);
    if (pc != 0) {
        symbols_find(program->symbols, pc, place);
    }
}

static void print_text(const char *path, const struct pts_header *header,
                       const uint8_t *frames, struct program *program)
{
    char id[65];

    hex_text(header->program_id, 32, id);
    printf("%s: portable thread state, version %u\n"
           "program id %s\n"
           "thread %u, moves %u, rounding mode %u, floating-point flags 0x%x\n"
           "signal mask 0x%llx, TLS block 0x%llx\n",
           path, header->version, id, header->thread_id,
           header->migration_epoch, header->fpenv >> 16, header->fpenv & 0xffff,
           (unsigned long long)header->signal_mask,
           (unsigned long long)header->tls_block);
    if (header->syscall_number >= 0) {
        printf("system call %lld(", (long long)header->syscall_number);
        for (unsigned i = 0; i < 6; i++) {
            printf("%s0x%llx", i ? ", " : "",
                   (unsigned long long)header->syscall_arg[i]);
        }
        printf(") to carry out\n");
    }
    printf("%u frames, outermost first, %llu bytes\n", header->frame_count,
           (unsigned long long)header->frame_bytes);
    for (uint32_t i = 0; i < header->frame_count; i++) {
        struct pts_frame frame;
        struct place place;
        char text[600];
        memcpy(&frame, frames, sizeof frame);
        frames += sizeof frame;
        find_place(program, frame.call_site, &place);
        place_text(&place, text, sizeof text);
        printf("frame %u: call site %u%s%s\n", i, frame.call_site,
               text[0] ? " " : "", text);
        for (unsigned k = 0; k < frame.value_count; k++) {
            uint64_t value;
            memcpy(&value, frames, 8);
            frames += 8;
            printf("    value %u: 0x%llx\n", k, (unsigned long long)value);
        }
    }
}

static cJSON *header_json(const struct pts_header *header)
{
    cJSON *object = cJSON_CreateObject(), *call;
    char id[65];

    cJSON_AddNumberToObject(object, "version", header->version);
    hex_text(header->program_id, 32, id);
    cJSON_AddStringToObject(object, "program_id", id);
    cJSON_AddNumberToObject(object, "thread_id", header->thread_id);
    cJSON_AddNumberToObject(object, "migration_epoch", header->migration_epoch);
    cJSON_AddNumberToObject(object, "rounding_mode", header->fpenv >> 16);
    cJSON_AddNumberToObject(object, "exception_flags", header->fpenv & 0xffff);
    add_hex(object, "signal_mask", header->signal_mask);
    add_hex(object, "tls_block", header->tls_block);
    if (header->syscall_number >= 0) {
        call = cJSON_AddObjectToObject(object, "system_call");
        cJSON_AddNumberToObject(call, "number", (double)header->syscall_number);
        call = cJSON_AddArrayToObject(call, "arguments");
        for (unsigned i = 0; i < 6; i++) {
            char text[20];
            snprintf(text, sizeof text, "0x%llx",
                     (unsigned long long)header->syscall_arg[i]);
            cJSON_AddItemToArray(call, cJSON_CreateString(text));
        }
    }
    return object;
}

static cJSON *make_json(const struct pts_header *header, const uint8_t *frames,
                        struct program *program)
{
    cJSON *object = header_json(header);
    cJSON *list = cJSON_AddArrayToObject(object, "frames");

    for (uint32_t i = 0; i < header->frame_count; i++) {
        struct pts_frame frame;
        struct place place;
        cJSON *item = cJSON_CreateObject(), *values;
        memcpy(&frame, frames, sizeof frame);
        frames += sizeof frame;
        cJSON_AddNumberToObject(item, "call_site", frame.call_site);
        find_place(program, frame.call_site, &place);
        place_json(&place, item);
        values = cJSON_AddArrayToObject(item, "values");
        for (unsigned k = 0; k < frame.value_count; k++) {
            char text[20];
            uint64_t value;
            memcpy(&value, frames, 8);
            frames += 8;
            snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
            cJSON_AddItemToArray(values, cJSON_CreateString(text));
        }
        cJSON_AddItemToArray(list, item);
    }
    return object;
}

void dump_pts(const char *path, const uint8_t *bytes, size_t size_bytes,
              const struct popcorn_pack *pack, bool json)
{
    struct program program = {0};
    struct pts_header header;
    struct popcorn_error error = {0};
    const uint8_t *frames = bytes + sizeof header;

    if (pts_read_header(bytes, size_bytes, &header, &error) != 0) {
        fail("%s: %s", path, error.text);
    }
    check_frames(path, frames, header.frame_bytes, header.frame_count);
    open_program(path, pack, &header, &program);
    if (json) {
        print_json(make_json(&header, frames, &program));
    } else {
        print_text(path, &header, frames, &program);
    }
    symbols_close(program.symbols);
}
