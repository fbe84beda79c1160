/* What the tests of capture and rebuild share. */
#ifndef POPCORN_TESTS_FRAME_MAPS_H
#define POPCORN_TESTS_FRAME_MAPS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/stack/checksum.h"
#include "runtime/stack/frame_map_format.h"
#include "runtime/stack/frame_maps.h"

#define OUTERMOST_PC UINT64_C(0x7ffffffffff0)
#define STACK_BASE UINT64_C(0x7000000000)

#define CHECK(condition, ...)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                    \
            fprintf(stderr, __VA_ARGS__);                                      \
            fputc('\n', stderr);                                               \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

static inline uint8_t *read_whole(const char *path, size_t *size_bytes)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    long size;

    CHECK(file != NULL, "%s: cannot open", path);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size + 1);
    CHECK(bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size,
          "%s: cannot read", path);
    fclose(file);
    *size_bytes = (size_t)size;
    return bytes;
}

static inline void open_blob(const char *path, struct frame_maps *maps)
{
    struct popcorn_error error = {0};
    struct frame_map_header header;
    const struct isa *isa;
    size_t size_bytes;
    uint8_t *bytes = read_whole(path, &size_bytes);

    CHECK(size_bytes >= sizeof header, "%s: too short", path);
    memcpy(&header, bytes, sizeof header);
    isa = popcorn_isa_by_elf_machine(header.elf_machine);
    CHECK(isa != NULL, "%s: unknown ISA", path);
    CHECK(frame_maps_open(maps, isa, bytes, size_bytes, &error) == 0, "%s: %s",
          path, error.text);
}

#endif
