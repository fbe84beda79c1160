/* popcorn-dump: every format of Popcorn's as text or JSON.
 *
 *   main.c      command line, what kind of file it is
 *   manifest.c  the multi-ISA binary
 *   maps.c      frame maps
 *   pts.c       portable thread states
 *   print.c     messages, numbers, JSON
 *   symbols.c   function and line of an address
 *
 * Each printer makes one cJSON tree, or text directly. Bad input ends the
 * program with one message.
 */
#ifndef POPCORN_DUMP_H
#define POPCORN_DUMP_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linker/pack/pack.h"
#include "runtime/stack/frame_maps.h"

struct symbols; /* of one image */

/* Where an address is: "function+0x12 (file.c:34)"; "" if not known. */
struct place {
    char function[256];
    uint64_t offset;
    char file[256];
    int line; /* 0: not known */
};

/* "popcorn-dump: ..." to standard error, exit 1. */
_Noreturn void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Opens the image's symbols and line table; NULL if `bytes` is no ELF file. */
struct symbols *symbols_open(const void *bytes, size_t size_bytes);
void symbols_close(struct symbols *symbols); /* NULL is fine */
/* The function and line whose call returns to `pc`. symbols may be NULL. */
void symbols_find(struct symbols *symbols, uint64_t pc, struct place *place);
/* The bytes between two symbols; NULL if either is missing. */
const void *symbols_range(struct symbols *symbols, const char *start,
                          const char *end, size_t *size_bytes);
void place_text(const struct place *place, char *text, size_t room);
void place_json(const struct place *place, cJSON *object);

/* Opens the frame maps in an image; fails with a message. */
void image_frame_maps(const char *path, const struct popcorn_pack_image *image,
                      struct symbols *symbols, struct frame_maps *maps);

void dump_frame_maps_text(const struct frame_maps *maps,
                          struct symbols *symbols);
cJSON *dump_frame_maps_json(const struct frame_maps *maps,
                            struct symbols *symbols);

void dump_manifest_text(const char *path, const struct popcorn_pack_info *info);
cJSON *dump_manifest_json(const struct popcorn_pack_info *info);

/* pack: the program's, or NULL. */
void dump_pts(const char *path, const uint8_t *bytes, size_t size_bytes,
              const struct popcorn_pack *pack, bool json);

/* Adds "0x..." */
void add_hex(cJSON *object, const char *name, uint64_t value);
/* Bytes as hex digits; text has room for 2 * size + 1. */
void hex_text(const uint8_t *bytes, size_t size_bytes, char *text);
void print_json(cJSON *tree); /* and deletes it */

#endif
