/* `.popcorn.manifest`: byte layout, version 1 (docs/formats.md).
 *
 * Little-endian.  struct popcorn_manifest_header, then image_count times struct
 * popcorn_manifest_image, the host image first.  Nothing in it is a file
 * offset: images are found by section name, so strip(1) may rewrite the file.
 */
#ifndef POPCORN_LINKER_MANIFEST_H
#define POPCORN_LINKER_MANIFEST_H

#include <stdint.h>

#define POPCORN_MANIFEST_MAGIC "POPCORNM" /* 8 bytes, no NUL */
#define POPCORN_MANIFEST_VERSION 1
#define POPCORN_MANIFEST_SECTION ".popcorn.manifest"
#define POPCORN_IMAGE_SECTION ".popcorn.image." /* then the ISA's name */

#define POPCORN_MANIFEST_HOST 1u /* image flag: the file itself */

struct popcorn_manifest_header {
    char magic[8];
    uint32_t format_version;
    uint32_t total_bytes; /* header and image records */
    uint32_t image_count;
    uint32_t abi_version;
    char popcorn_version[32];
    uint8_t program_id[32];
    uint8_t layout_hash[32];
    uint8_t sha256[32]; /* of total_bytes, this field taken as zero */
};

struct popcorn_manifest_image {
    char isa[16];
    uint64_t size_bytes; /* host: its size before packing */
    uint64_t entry;
    uint16_t elf_machine;
    uint16_t flags;    /* POPCORN_MANIFEST_* */
    uint32_t reserved; /* 0 */
    uint8_t sha256[32];
};

_Static_assert(sizeof(struct popcorn_manifest_header) == 152, "format");
_Static_assert(sizeof(struct popcorn_manifest_image) == 72, "format");

#endif
